import { join } from 'node:path';
import { expect, it } from 'vitest';
import { CheckpointStore, Log, nodeWorld } from '../../../src/log/index.js';
import { LogReader } from '../../../src/pipeline/log/index.js';
import { scratch } from '../../support/cli.js';
import { until } from '../../support/daemon.js';

const world = nodeWorld();

it('A tick is stored when all up to its time is read, though others store events without a pause', async () => {
  const folder = scratch();
  const log = await Log.open(world, {
    folder: join(folder, 'data'),
    durability: 'os',
    segmentBytesMax: 4096,
    pack: false,
    memoryRecordsMax: 0,
  });
  const metadata = '{"source":"test","pipeline":"busy","retry_count":0}';
  const { timestamp, nextPosition } = await log.append([{ data: '1', metadata }]);
  const store = new CheckpointStore(world, join(folder, 'state'));
  let ticks = 0;
  let waits = 0;
  const reader = new LogReader({
    pipeline: 'quiet',
    // Whenever anybody looks, there is something behind what was read.
    log: {
      read: (options) => log.read(options),
      recordsBehind: () => Promise.resolve(1),
      end: { ...nextPosition, offset: nextPosition.offset + 1000 },
    },
    singleLines: false,
    checkpoints: store,
    checkpointName: 'quiet',
    world: {
      now: () => timestamp + 60_000,
      wait(_ms, signal) {
        waits += 1;
        return world.wait(1, signal);
      },
    },
    onDamage: ({ message }) => expect.fail(message),
    openState: () => Promise.resolve(undefined),
    ticks: {
      isStart: false,
      store() {
        ticks += 1;
        return Promise.resolve();
      },
      onFailure: (error) => expect.fail(String(error)),
    },
    onOtherLog: () => expect.fail('it is this log'),
  });
  const ending = new AbortController();
  const { blocks, keep } = (await reader.begin()).start({
    sinks: { outputs: [], deadLetters: neverWritten, files: [], close: () => Promise.resolve() },
    executor: {},
    signal: ending.signal,
    stop: () => ending.abort(),
    delivered: () => undefined,
    onReached: () => undefined,
  });
  await keep.begin?.();
  for await (const { resumeAt } of blocks) {
    keep.reached?.(resumeAt);
    break;
  }
  const later = waits + 20;
  keep.nextTick?.(timestamp + 1);
  await until(() => waits >= later, 'it has looked many times');
  expect(ticks).toBe(0);
  keep.nextTick?.(timestamp);
  await until(() => ticks === 1, 'a tick is stored');
  await keep.abandon?.();
  await log.close();
});

const neverWritten = {
  name: 'nowhere',
  write: () => Promise.reject(new Error('nothing is to be written')),
  close: () => Promise.resolve(),
};

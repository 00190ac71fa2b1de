import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { CheckpointStore, comparePositions, Log, LOG_START, nodeWorld } from '../../../src/log/index.js';
import { blockProcessor, inlineExecutor, LogProcessor, type LogProcessing } from '../../../src/pipeline/index.js';
import {
  cutBackRenamed,
  fileSink,
  type FileSink,
  Lifeline,
  outputState,
  recoverFile,
  SinkClosedError,
  SinkError,
  type Sink,
} from '../../../src/sinks/index.js';
import { scratch } from '../../support/cli.js';
import { until } from '../../support/daemon.js';

const world = nodeWorld();
const GRACE_MS = 100_000;

interface Faults {
  /** Whether the next call of its kind fails. */
  readonly fails: (call: 'write' | 'sync' | 'process' | 'checkpoint') => boolean;
}

/** A processor over a real log and a real file, with a world in which calls may fail. */
async function setUp(
  faults: Faults = { fails: () => false },
  changes: Partial<LogProcessing> = {},
  cwd = scratch(),
): Promise<{
  log: Log;
  processor: LogProcessor;
  told: unknown[];
  output: () => string[];
  append: (...data: readonly unknown[]) => Promise<void>;
  close: () => Promise<void>;
}> {
  const log = await Log.open(world, {
    folder: join(cwd, 'data'),
    durability: 'os',
    segmentBytesMax: 4096,
    pack: false,
    memoryRecordsMax: 0,
  });
  const path = join(cwd, 'out.ndjson');
  const store = new CheckpointStore(world, join(cwd, 'state'));
  const sound = blockProcessor({
    pipeline: { name: 'default', stages: [], outputs: [{ envelope: false }], onError: { kind: 'stop' } },
    input: 'envelope',
    strict: false,
    depthMax: 100,
    lineBytesMax: 1 << 20,
    rawMax: 1 << 20,
  });
  const told: unknown[] = [];
  const stateFolder = join(cwd, 'state');
  const lifeline = new Lifeline();
  const failing = (call: Parameters<Faults['fails']>[0]): void => {
    if (faults.fails(call)) throw new SinkError(path, 'write', new Error(`${call} fails`));
  };
  const process = (...[block, meta]: Parameters<typeof sound>): ReturnType<typeof sound> => {
    failing('process');
    return sound(block, meta);
  };
  const faulty = Object.assign(process, { memory: sound.memory });
  const processing: LogProcessing = {
    pipeline: 'default',
    log,
    openExecutor: () => ({
      ...inlineExecutor(faulty),
      close: () => Promise.resolve(),
    }),
    singleLines: false,
    outputs: [
      {
        kind: 'file',
        path,
        recover: () => recoverFile(path, lifeline, { stateFolder }),
        state: (position) => outputState(path, position),
        findRenamed: (position, cutsBack) => cutBackRenamed(path, position, cutsBack),
        hold: () => Promise.resolve(),
        release() {
          lifeline.release();
          return Promise.resolve();
        },
        open(mode) {
          const sink = fileSink(path, { mode, rotateBytes: 300, checkpointed: true, stateFolder, lifeline });
          return Promise.resolve<FileSink>({
            ...sink,
            async write(lines) {
              // A disk that fails may have taken a part.
              if (faults.fails('write')) {
                await sink.write(lines.subarray(0, Math.floor(lines.length / 2)));
                failing('write');
                throw new SinkError(path, 'write', new Error('write fails'));
              }
              await sink.write(lines);
            },
            async sync() {
              failing('sync');
              await sink.sync();
            },
          });
        },
      },
    ],
    deadLetters: { kind: 'stream', open: () => collector(told) },
    checkpoints: {
      get: (name) => store.get(name),
      put(name, value) {
        failing('checkpoint');
        return store.put(name, value);
      },
    },
    checkpointName: 'default',
    // Checkpoints and new attempts come soon; a drain has its time.
    world: { now: world.now, wait: (ms, signal) => world.wait(ms < GRACE_MS ? 3 : ms, signal) },
    tell: {
      damage: ({ message }) => told.push(message),
      changed: (_file, { when, kind, bytes }) => told.push(`${when} ${kind} ${bytes}`),
      otherLog: () => told.push('other log'),
    },
    ...changes,
  };
  const processor = new LogProcessor(processing, {
    failed: () => undefined,
    paused: (message) => told.push(message),
    stopped: () => told.push('stopped'),
    delivered: () => undefined,
    outputClosed: () => told.push('closed'),
  });
  processor.start();
  return {
    log,
    processor,
    told,
    output: () => outputOf(path),
    async append(...data) {
      const metadata = '{"source":"test","pipeline":"default","retry_count":0}';
      await log.append(data.map((value) => ({ data: JSON.stringify(value), metadata })));
    },
    async close() {
      await processor.drain(GRACE_MS);
      await log.close();
    },
  };
}

function collector(into: unknown[]): Sink {
  return {
    name: 'memory',
    write: (lines) => Promise.resolve(void into.push(Buffer.from(lines).toString())),
    close: () => Promise.resolve(),
  };
}

function outputOf(path: string): string[] {
  let text = '';
  for (let part = 1; ; part++) {
    const file = path.replace('.ndjson', `.${String(part).padStart(6, '0')}.ndjson`);
    if (!existsSync(file)) break;
    text += readFileSync(file, 'utf8');
  }
  if (existsSync(path)) text += readFileSync(path, 'utf8');
  return text.split('\n').slice(0, -1);
}

describe('a log processor', () => {
  it('says how many events wait', async () => {
    let isBroken = true;
    const { processor, append, output, close } = await setUp({ fails: (call) => call === 'process' && isBroken });
    expect(await processor.backlog()).toBe(0);
    await append(1, 2);
    await append(3);
    expect(await processor.backlog()).toBe(3);
    isBroken = false;
    await until(() => output().length === 3, 'all are out');
    await until(async () => (await processor.backlog()) === 0, 'none waits');
    await close();
  });

  it.each([1, 2, 3, 4])('writes every event once and in order, however often anything fails (run %i)', async (run) => {
    let calls = run;
    // Bursts of failures, and then a while of peace.
    const fails = (): boolean => {
      calls = (calls * 1103515245 + 12345) % 2147483648;
      return calls % 7 === 0;
    };
    const set = await setUp({ fails });
    const numbers: number[] = [];
    for (let n = 0; n < 40; n++) {
      numbers.push(n * 2, n * 2 + 1);
      await set.append(n * 2, n * 2 + 1);
      if (n % 5 === run) await sleep(4);
    }
    await until(() => comparePositions(set.processor.checkpoint, set.log.end) === 0, 'the last checkpoint is made');
    expect(set.output()).toEqual(numbers.map(String));
    await set.close().catch(() => undefined);
  });

  it('goes on behind its checkpoint, and does not touch what other pipelines get', async () => {
    const cwd = scratch();
    const first = await setUp(undefined, {}, cwd);
    await first.append('a', 'b');
    await first.log.append([{ data: '"not ours"', metadata: '{"source":"x","pipeline":"other","retry_count":0}' }]);
    await first.close();
    expect(first.output()).toEqual(['"a"', '"b"']);
    const second = await setUp(undefined, {}, cwd);
    expect(second.processor.checkpoint).toEqual(LOG_START);
    await second.append('c');
    await until(() => second.output().length === 3, 'the third is out');
    await second.close();
    expect(second.output()).toEqual(['"a"', '"b"', '"c"']);
    expect(second.processor.checkpoint).toEqual(second.log.end);
  });

  it('tells when somebody has shortened its output', async () => {
    const cwd = scratch();
    const first = await setUp(undefined, {}, cwd);
    await first.append('a', 'b');
    await first.close();
    writeFileSync(join(cwd, 'out.ndjson'), '"a"\n');
    const second = await setUp(undefined, {}, cwd);
    await until(() => second.told.length > 0, 'it tells');
    expect(second.told).toEqual(['before cut 4']);
    await second.close();
  });

  it('goes by time when the log is another than its checkpoint speaks of', async () => {
    const cwd = scratch();
    const first = await setUp(undefined, {}, cwd);
    await first.append('old');
    await first.close();
    const checkpoints = new CheckpointStore(world, join(cwd, 'state'));
    const found = (await checkpoints.get('default'))?.value as { place: { timestamp: number } };
    const beyond = { ...found, place: { ...found.place, position: { segment: 99, offset: 0 } } };
    await checkpoints.put('default', beyond);
    const second = await setUp(undefined, {}, cwd);
    await sleep(2);
    await second.append('new');
    await until(() => second.output().length === 2, 'the new one is out');
    await second.close();
    expect([second.output(), second.told]).toEqual([['"old"', '"new"'], ['other log']]);
  });

  it('stays at a failed event where the pipeline wants it, over restarts', async () => {
    const cwd = scratch();
    for (const round of [1, 2]) {
      const set = await setUp(undefined, {}, cwd);
      if (round === 1) {
        await set.append(1);
        await until(() => set.output().length === 1, 'the good one is out');
        await set.log.append([
          { data: '['.repeat(200) + ']'.repeat(200), metadata: '{"source":"t","pipeline":"default","retry_count":0}' },
        ]);
      }
      await until(() => set.told.includes('stopped'), 'it stops');
      expect(set.processor.state).toEqual({ kind: 'stopped' });
      await set.close();
      expect(set.output()).toEqual(['1']);
    }
  });

  it('tells when nobody reads its output any more', async () => {
    const closed = { ...collector([]), write: () => Promise.reject(new SinkClosedError('closed')) };
    const set = await setUp(undefined, { outputs: [{ kind: 'stream', open: () => closed }] });
    await set.append(1);
    await until(() => set.told.includes('closed'), 'it tells');
    await set.close();
  });
});

import { join } from 'node:path';
import { expect, it } from 'vitest';
import { CheckpointKeeper, type PipelineCheckpoint } from '../../../src/pipeline/log/index.js';
import { fileSink } from '../../../src/sinks/index.js';
import { scratch } from '../../support/cli.js';

const DAY_MS = 86_400_000;

/** A keeper whose checkpoints are made when it is finished. */
function keeping(stored: PipelineCheckpoint<number>[]): {
  keeper: CheckpointKeeper<number>;
  write: (text: string) => Promise<void>;
  /** What the file does a day later. */
  tend: () => Promise<boolean>;
} {
  let now = 0;
  const path = join(scratch(), 'out.ndjson');
  const file = fileSink(path, { mode: 'append', checkpointed: true, rotateMs: DAY_MS, now: () => now });
  const keeper = new CheckpointKeeper<number>({
    files: [file],
    intervalMs: 200,
    wait: (_, signal) => new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true })),
    store: (checkpoint) => Promise.resolve(void stored.push(checkpoint)),
    onFailure: () => undefined,
  });
  const tend = (): Promise<boolean> => {
    now += DAY_MS;
    return file.tend();
  };
  return { keeper, write: (text) => file.write(Buffer.from(text)), tend };
}

it.each([true, false])('the last checkpoint says whether something may lie behind it: %s', async (ended) => {
  const stored: PipelineCheckpoint<number>[] = [];
  const { keeper, write } = keeping(stored);
  await keeper.begin(0);
  await write('1\n');
  keeper.reached(1);
  await keeper.finish(ended);
  expect(stored.map((one) => [one.place, one.ended])).toEqual([
    [0, false],
    [1, false],
    [1, ended],
  ]);
});

it('a run that came to nothing new has ended all the same', async () => {
  const stored: PipelineCheckpoint<number>[] = [];
  const { keeper } = keeping(stored);
  await keeper.begin(7);
  await keeper.finish(true);
  expect(stored.map((one) => [one.place, one.ended])).toEqual([
    [7, false],
    [7, true],
  ]);
});

it('a run that has ended knows the file that has begun since its last event', async () => {
  const stored: PipelineCheckpoint<number>[] = [];
  const { keeper, write, tend } = keeping(stored);
  await keeper.begin(0);
  await write('1\n');
  keeper.reached(1);
  expect(await tend()).toBe(true);
  await keeper.finish(true);
  const positions = stored.map(({ files }) => Object.values(files).map(({ part, offset }) => [part, offset]));
  expect(positions).toEqual([[[1, 0]], [[1, 2]], [[2, 0]]]);
});

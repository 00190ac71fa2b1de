import { join } from 'node:path';
import { expect, it } from 'vitest';
import { CheckpointKeeper, type PipelineCheckpoint } from '../../../src/pipeline/index.js';
import { fileSink } from '../../../src/sinks/index.js';
import { scratch } from '../../support/cli.js';

/** A keeper whose checkpoints are made when it is finished. */
function keeping(stored: PipelineCheckpoint<number>[]): {
  keeper: CheckpointKeeper<number>;
  write: (text: string) => Promise<void>;
} {
  const file = fileSink(join(scratch(), 'out.ndjson'), { mode: 'append', checkpointed: true });
  const keeper = new CheckpointKeeper<number>({
    files: [file],
    intervalMs: 200,
    wait: (_, signal) => new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true })),
    store: (checkpoint) => Promise.resolve(void stored.push(checkpoint)),
    onFailure: () => undefined,
  });
  return { keeper, write: (text) => file.write(Buffer.from(text)) };
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

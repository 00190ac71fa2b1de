import { expect, it } from 'vitest';
import type { BlockResult, ResultAtOnce } from '../../../src/pipeline/batch.js';
import { wholeOf } from '../../../src/pipeline/merge-results.js';
import { inlineExecutor } from '../../../src/pipeline/threads/inline-executor.js';
import type { Block } from '../../../src/sources/index.js';
import { end, feed, linesOf, META, open, pipelineOf, seenIn, type Stored } from './across.js';

const KEYS = 20;
const PAD = 'x'.repeat(300_000);
/** Of the lines of a piece, and one line more. */
const PIECE_BYTES = 4 << 20;

/** All pieces of a result, each in memory of its own. */
function piecesOf(first: ResultAtOnce): readonly ResultAtOnce[] {
  const pieces = [first];
  for (let next = first.rest?.(); next !== undefined; next = next.rest?.()) pieces.push(next);
  return pieces;
}

/** An event for each key in each of these minutes. */
const events = (minutes: readonly number[]): readonly Stored[] =>
  minutes.flatMap((minute) => Array.from({ length: KEYS }, (_, k): Stored => [minute * 60_000, { k, pad: PAD }]));

const keys = (minutes: readonly number[]): readonly unknown[] =>
  minutes.flatMap((minute) => Array.from({ length: KEYS }, (_, k) => [minute * 60_000, k]));

it('what closes together goes out in pieces, in the middle of a block and at the end of the input', async () => {
  const process = open(
    await pipelineOf(['aggregate: { by: { k: /k }, every: 1m, values: { pad: { last: /pad } } }', 'dedupe: $input']),
  );
  const inBlock = piecesOf(feed(process, events([0, 1, 2])));
  const atEnd = piecesOf(end(process));
  const pieces = [...inBlock, ...atEnd];
  expect([inBlock.length, atEnd.length].map((count) => count > 1)).toEqual([true, true]);
  for (const { outputs } of pieces) expect(outputs[0]?.length).toBeLessThan(PIECE_BYTES + PAD.length + 200);
  // Lines count when all that came of them is there.
  expect(inBlock.map(({ lines }) => lines)).toEqual([...inBlock.slice(1).map(() => 0), 3 * KEYS]);
  const { out, counts, stages } = seenIn(pieces);
  const rows = out as readonly { readonly start: string; readonly k: number; readonly pad: string }[];
  expect(rows.map(({ start, k }) => [Date.parse(start), k])).toEqual(keys([0, 1, 2]));
  expect(rows.every(({ pad }) => pad === PAD)).toBe(true);
  expect(counts).toMatchObject({ input: 60, made: 60, output: 60, merged: 60, open: 0 });
  expect(stages[0]).toMatchObject({ in: 60, made: 60, out: 60, merged: 60, open: 0 });
});

it('the memory of a block is given back when its last piece is made', async () => {
  const process = open(await pipelineOf(['aggregate: { by: { k: /k }, every: 1m, values: { pad: { last: /pad } } }']));
  const executor = inlineExecutor(process);
  const bytes = linesOf(events([0, 1, 2]));
  const block: Block = { kind: 'lines', bytes, source: 's', startsFile: true, recycle: () => void bytes.fill('\n') };
  const pieces: BlockResult[] = [];
  for (let piece = await executor.submit(block, META); ; piece = await piece.rest()) {
    pieces.push(piece);
    if (piece.rest === undefined) break;
  }
  expect(seenIn(pieces).counts).toMatchObject({ input: 3 * KEYS, made: 2 * KEYS, output: 2 * KEYS, deadLettered: 0 });
  expect(bytes.every((byte) => byte === 0x0a)).toBe(true);
});

it('pieces are all that came of a block', async () => {
  const pipeline = await pipelineOf(['batch: { size: 10, by: /k }', 'filter: true']);
  const [one, other] = [open(pipeline), open(pipeline)];
  const all = events([0, 0, 0]);
  feed(one, all);
  feed(other, all);
  const whole = wholeOf(end(one));
  const pieces = piecesOf(end(other));
  expect(pieces.length).toBeGreaterThan(1);
  expect(
    Buffer.concat(pieces.map(({ outputs }) => outputs[0] ?? Buffer.of())).equals(whole.outputs[0] ?? Buffer.of()),
  ).toBe(true);
  expect(whole.counts).toMatchObject({ made: KEYS, output: KEYS, merged: 3 * KEYS, open: -3 * KEYS });
});

it('events that are made of one that was made come before the next one', async () => {
  const oddOnes = "{ explode: 'filter($input, e => e/k == 1)', parts: alone, empty: keep }";
  const process = open(await pipelineOf(['batch: { size: 100, by: /k }', oddOnes]));
  const [one, two, three] = [1, 2, 3].map((n) => ({ k: n % 2, n }));
  feed(process, [
    [0, one],
    [0, two],
    [0, three],
  ]);
  expect(seenIn([end(process)]).out).toEqual([one, three, [two]]);
});

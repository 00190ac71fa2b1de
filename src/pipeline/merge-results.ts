import type { LineGroup } from '../sinks/index.js';
import type { BlockResult, ResultAtOnce } from './batch.js';
import { addStageCounts, type StageCounts } from './across/stage-counts.js';
import { addCounts, noCounts } from './counts.js';

/** Combines all pieces of a result into one. */
export function wholeOf(result: ResultAtOnce): BlockResult {
  const pieces: ResultAtOnce[] = [];
  for (let piece: ResultAtOnce | undefined = result; piece !== undefined; piece = piece.rest?.()) pieces.push(piece);
  return pieces.length === 1 ? result : mergeResults(pieces);
}

/** Combines the results of a block's parts into that of the whole block, up to the first that stopped. */
export function mergeResults(results: readonly BlockResult[]): BlockResult {
  const counts = noCounts();
  const deadLetters: BlockResult['deadLetters'][number][] = [];
  const stop = results.findIndex(({ stopped }) => stopped);
  const delivered = stop === -1 ? results : results.slice(0, stop + 1);
  const stages: StageCounts[] = [];
  let lines = 0;
  for (const result of delivered) {
    const before = lines;
    for (const { lineInBlock, ...letter } of result.deadLetters)
      deadLetters.push({ ...letter, lineInBlock: lineInBlock === undefined ? undefined : before + lineInBlock });
    addCounts(counts, result.counts);
    if (result.stages !== undefined) addStageCounts(stages, result.stages);
    lines += result.lines;
  }
  const groups = groupsOf(delivered);
  const width = Math.max(0, ...delivered.map(({ outputs }) => outputs.length));
  return {
    lines,
    counts,
    outputs: Array.from({ length: width }, (_, index) =>
      Buffer.concat(delivered.flatMap(({ outputs }) => outputs[index] ?? [])),
    ),
    ...(groups.size > 0 && { groups }),
    deadLetters,
    failures: delivered.flatMap(({ failures }) => failures),
    observations: delivered.flatMap(({ observations }) => observations),
    ...(stages.length > 0 && { stages }),
    ...(delivered.some(({ changes }) => changes !== undefined) && {
      changes: delivered.flatMap(({ changes }) => changes ?? []),
    }),
    ...lastTick(delivered),
    stopped: stop !== -1,
  };
}

/** Uses the last result that has a next tick: one tick too many does no harm. */
function lastTick(results: readonly BlockResult[]): Pick<BlockResult, 'nextTick'> {
  const nextTick = results.findLast((result) => result.nextTick !== undefined)?.nextTick;
  return nextTick === undefined ? {} : { nextTick };
}

/** Returns the groups in the order in which the lines of each output are joined. */
function groupsOf(results: readonly BlockResult[]): NonNullable<BlockResult['groups']> {
  const groups = new Map<number, LineGroup[]>();
  for (const result of results) {
    for (const [output, some] of result.groups ?? []) groups.set(output, [...(groups.get(output) ?? []), ...some]);
  }
  return groups;
}

import {
  addCounts,
  drive,
  limitEvents,
  noCounts,
  type BlockRunResult,
  type Drive,
  type Progress,
} from '../../pipeline/index.js';
import type { OpenReplay } from './open-replay.js';

/** One pass over some events, to some outputs. */
export type ReplayRun = Pick<Drive, 'blocks' | 'executor' | 'sinks' | 'keep' | 'onDelivered'>;

/**
 * Performs one run after another, until one stops before the end of its input.
 *
 * @returns the counts of all runs together, and how the last one ended
 */
export async function performRuns(
  runs: AsyncIterable<ReplayRun>,
  { plan, world, stopReading, isAtEnd }: Pick<OpenReplay, 'plan' | 'world' | 'stopReading' | 'isAtEnd'>,
  onProgress: (progress: Progress) => void,
): Promise<BlockRunResult> {
  let total: BlockRunResult = { counts: noCounts(), bytes: 0, lines: 0, endedBy: 'input' };
  for await (const run of runs) {
    const before: BlockRunResult = total;
    const left = plan.limit === undefined ? undefined : plan.limit - before.counts.input;
    const result = await drive({
      ...run,
      blocks: left === undefined ? run.blocks : limitEvents(run.blocks, left),
      now: world.now,
      stopReading,
      isAtEnd,
      onProgress: (progress) => onProgress(together(before, progress)),
    });
    total = { ...result, ...together(before, result), lines: before.lines + result.lines };
    if (result.endedBy !== 'input') break;
  }
  return total;
}

function together(a: Progress, b: Progress): Progress {
  const counts = { ...a.counts };
  addCounts(counts, b.counts);
  // Different pipelines have different stages.
  const stages = [...(a.stages ?? []), ...(b.stages ?? [])];
  return { counts, ...(stages.length > 0 && { stages }), bytes: a.bytes + b.bytes };
}

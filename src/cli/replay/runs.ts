import {
  limitEvents,
  runBlocks,
  type BlockExecutor,
  type BlockRunResult,
  type Delivered,
  type Progress,
} from '../../pipeline/index.js';
import type { Sink } from '../../sinks/index.js';
import type { Block, ResumeAt } from '../../sources/index.js';
import type { OpenReplay } from './open-replay.js';

/** One pass over some events, to some outputs. */
export interface ReplayRun {
  readonly blocks: AsyncIterable<Block>;
  readonly executor: BlockExecutor;
  readonly outputs: readonly Sink[];
  readonly deadLetters: Sink;
  readonly onReached?: (resumeAt: ResumeAt) => void;
  /** Told of each block that is out. */
  readonly onDelivered?: ((delivered: Delivered) => void) | undefined;
  /** Called when all events up to the last `onReached` are out. */
  readonly finish?: (result: BlockRunResult) => Promise<void>;
}

/**
 * Does one run after the other, until one does not come to its end.
 *
 * @returns all runs' counts together, and how the last one ended
 */
export async function performRuns(
  runs: AsyncIterable<ReplayRun>,
  { plan, world, stopReading }: Pick<OpenReplay, 'plan' | 'world' | 'stopReading'>,
  onProgress: (progress: Progress) => void,
): Promise<BlockRunResult> {
  let total: BlockRunResult = { counts: noEvents(), bytes: 0, endedBy: 'input' };
  for await (const run of runs) {
    const before: Progress = total;
    const left = plan.limit === undefined ? undefined : plan.limit - before.counts.input;
    const result = await runBlocks({
      executor: run.executor,
      blocks: left === undefined ? run.blocks : limitEvents(run.blocks, left),
      outputs: run.outputs,
      deadLetters: run.deadLetters,
      now: world.now,
      stopReading,
      onProgress: (progress) => onProgress(together(before, progress)),
      ...(run.onReached && { onReached: run.onReached }),
      ...(run.onDelivered && { onDelivered: run.onDelivered }),
    });
    total = { ...result, ...together(before, result) };
    if (result.endedBy !== 'error') await run.finish?.(result);
    if (result.endedBy !== 'input') break;
  }
  return total;
}

function together(a: Progress, b: Progress): Progress {
  const sum = (key: keyof Progress['counts']): number => a.counts[key] + b.counts[key];
  const counts = {
    input: sum('input'),
    output: sum('output'),
    filtered: sum('filtered'),
    skipped: sum('skipped'),
    unrouted: sum('unrouted'),
    deadLettered: sum('deadLettered'),
  };
  return { counts, bytes: a.bytes + b.bytes };
}

function noEvents(): Progress['counts'] {
  return { input: 0, output: 0, filtered: 0, skipped: 0, unrouted: 0, deadLettered: 0 };
}

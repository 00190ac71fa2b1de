import type { ResumeAt } from '../sources/index.js';
import type { StateChanges } from './across/state-table.js';
import type { OpenSinks } from './processor/outputs.js';
import { runBlocks, type BlockExecutor, type BlockRun, type BlockRunResult } from './run-blocks.js';

/** An executor that whoever drives closes. */
export type OpenExecutor = BlockExecutor & { close(): Promise<void> };

/** Keeps in mind which events are done. */
export interface Keep {
  /** Called before anything is read or written. */
  readonly begin?: () => Promise<void>;
  /** See {@link BlockRun.onReached}. */
  readonly reached?: (resumeAt: ResumeAt) => void;
  /** See {@link BlockRun.onState}. */
  readonly changed?: (changes: StateChanges) => void;
  /** See {@link BlockRun.onNextTick}. */
  readonly nextTick?: (timestamp: number | undefined) => void;
  /**
   * Called when everything is written that can be, and nothing is closed yet.
   *
   * @returns the result as it is then: an output may turn out to be spoilt
   */
  readonly finish?: (result: BlockRunResult) => Promise<BlockRunResult>;
  /** Called however it ended: the outputs are closed next, and nothing is known of them any more. */
  readonly abandon?: () => Promise<void>;
}

/** One pass over some events, to some outputs. */
export interface Drive extends Omit<
  BlockRun,
  'executor' | 'outputs' | 'deadLetters' | 'onReached' | 'onState' | 'onNextTick'
> {
  readonly executor: OpenExecutor;
  readonly sinks: OpenSinks;
  readonly keep?: Keep;
}

/**
 * Drives a pass from its beginning to its end. What keeps in mind what is done goes first and ends before the outputs are closed;
 * what works on the events is closed last.
 *
 * @throws what `keep` and the closing of the outputs throw; all else is in the result
 */
export async function drive({ executor, sinks, keep = {}, ...run }: Drive): Promise<BlockRunResult> {
  const { outputs, deadLetters } = sinks;
  try {
    await keep.begin?.();
    const result = await runBlocks({
      ...run,
      executor,
      outputs,
      deadLetters,
      ...(keep.reached && { onReached: keep.reached }),
      ...(keep.changed && { onState: keep.changed }),
      ...(keep.nextTick && { onNextTick: keep.nextTick }),
    });
    return (await keep.finish?.(result)) ?? result;
  } finally {
    try {
      await keep.abandon?.();
      await sinks.close();
    } finally {
      await executor.close();
    }
  }
}

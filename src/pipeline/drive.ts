import type { ResumeAt } from '../sources/index.js';
import type { StateChanges } from './across/state-table.js';
import type { OpenSinks } from './processor/outputs.js';
import { runBlocks, type BlockExecutor, type BlockRun, type BlockRunResult } from './run-blocks.js';

/** An executor that must be closed after use. */
export type OpenExecutor = BlockExecutor & { close(): Promise<void> };

/** Records which events are done. */
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
   * Called once everything possible is written, and before anything is closed.
   *
   * @returns the final result: an output may turn out to be damaged
   */
  readonly finish?: (result: BlockRunResult) => Promise<BlockRunResult>;
  /** Called in any case before the outputs are closed; after it, nothing is known about them. */
  readonly abandon?: () => Promise<void>;
}

/** One pass over some events, writing to some outputs. */
export interface Drive extends Omit<
  BlockRun,
  'executor' | 'outputs' | 'deadLetters' | 'onReached' | 'onState' | 'onNextTick'
> {
  readonly executor: OpenExecutor;
  readonly sinks: OpenSinks;
  readonly keep?: Keep;
}

/**
 * Runs a pass from beginning to end. `keep` begins first and ends before the outputs are closed; the executor is closed last.
 *
 * @throws the errors of `keep` and of closing the outputs; all others are in the result
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

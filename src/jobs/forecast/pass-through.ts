import { drive, type BlockRunResult, type OpenExecutor, type Progress } from '../../pipeline/index.js';
import { nowhere } from '../../sinks/index.js';
import type { Block } from '../../sources/index.js';
import { openSources, readSources } from '../run/open-input.js';
import type { RunPlan } from '../run/plan.js';
import { sizeOf, type ProgressTalk } from '../run/run.js';
import type { PersonTalk } from '../talk.js';
import type { PipelineEngine } from '../engines/engines.js';
import type { Failures } from './failures.js';

/** A dry run in progress. */
export interface ForecastJob {
  readonly plan: RunPlan;
  readonly talk: ProgressTalk & Pick<PersonTalk, 'notice'>;
  /** Stops the reading. */
  readonly reading: AbortController;
  /** Gives the events; absent: they come from the plan's inputs. */
  readonly blocks?: ((signal: AbortSignal) => AsyncIterable<Block>) | undefined;
}

/**
 * Sends the whole input through an executor, and discards the results.
 *
 * @throws SourceError when the input can't be read to its end
 */
export async function passThrough(
  { plan, talk, reading, blocks }: ForecastJob,
  { executor, shape }: Pick<PipelineEngine, 'shape'> & { readonly executor: OpenExecutor },
  failures: Failures,
): Promise<BlockRunResult> {
  const sources = blocks === undefined ? openSources(plan, talk.notice) : [];
  const progress = talk.progress?.(blocks === undefined ? sizeOf({ sources }) : undefined);
  const result = await drive({
    executor,
    blocks: shape(blocks?.(reading.signal) ?? readSources(plan, sources, reading.signal)),
    sinks: {
      outputs: plan.outputs.map(() => nowhere),
      deadLetters: failures.sink,
      files: [],
      close: () => Promise.resolve(),
    },
    now: Date.now,
    stopReading: () => reading.abort(),
    isAtEnd: () => !reading.signal.aborted,
    unordered: plan.ai !== undefined,
    ...(progress && { onProgress: (now) => progress.update(withoutAwaited(now, failures)) }),
  });
  progress?.close();
  if (result.endedBy === 'error') throw result.error;
  return result;
}

/** An event that waits for an answer has not failed. */
function withoutAwaited({ counts, bytes }: Progress, { awaited }: Failures): Progress {
  return { counts: { ...counts, deadLettered: Math.max(0, counts.deadLettered - awaited) }, bytes };
}

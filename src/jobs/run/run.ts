import type { AiStatus } from '../../ai/index.js';
import {
  decidingColumns,
  drive,
  endedBetweenBlocks,
  leavesColumnsOpen,
  type BlockRunResult,
  type Counts,
  type OpenExecutor,
  type Progress,
  type TraceOf,
} from '../../pipeline/index.js';
import type { Engines } from '../engines/engines.js';
import type { PersonTalk } from '../talk.js';
import { openJob } from './job.js';
import { enginePipeline, openRunEngines } from './engines.js';
import type { RunPlan } from './plan.js';
import type { RunJob } from './run-job.js';

/** Receives the messages of a run, and can end it. */
export interface RunTalk extends PersonTalk, Pick<ProgressTalk, 'progress'> {
  /**
   * Called when the run has started. @returns aborted when the run is to end: pending work is finished, and nothing new is
   * started that costs money
   */
  readonly ending: () => AbortSignal;
  /** Observes the calls of a stage's script; undefined: no tracing. */
  readonly traceOf?: TraceOf | undefined;
}

export interface ProgressTalk {
  /**
   * Starts showing the progress of a run; absent: it is not shown.
   *
   * @param size of all inputs, if known
   * @param ai the status of AI calls, if there are any
   */
  readonly progress?: (size: InputSize | undefined, ai?: () => Promise<AiStatus>) => ProgressReporter;
}

/** How large the inputs of a run are, in bytes. */
export interface InputSize {
  readonly total: number;
  /** What earlier runs have processed of that. */
  readonly before: number;
}

/** Shows the progress of a run. */
export interface ProgressReporter {
  update(progress: Progress): void;
  /** Removes the last line. */
  close(): void;
}

/** What earlier runs did, if they have processed all inputs. */
export interface FinishedBefore {
  /** Of all inputs. */
  readonly lines: number;
  /** Events that failed or went to no output. */
  readonly failed: number;
}

/** The result of a run. */
export interface RunOutcome {
  readonly result: BlockRunResult;
  readonly seconds: number;
  /** The status of AI calls at the end; undefined: the run makes none. */
  readonly ai: AiStatus | undefined;
  /** Undefined: there was something to do. */
  readonly finishedBefore: FinishedBefore | undefined;
}

/** @throws JobError, SourceError, SinkError, ConfigError, ComputoError when the run could not start, or not be completed */
export async function run(plan: RunPlan, talk: RunTalk): Promise<RunOutcome> {
  const engines = await openRunEngines(plan, talk.notice, talk.traceOf);
  const { ai } = engines;
  const leftovers = async (): Promise<void> => {
    if (ai === undefined) return;
    const { lookAtLeftovers } = await import('../ai/leftovers.js');
    await lookAtLeftovers(ai, plan.pipeline.name, talk.notice);
  };
  try {
    if (plan.ai?.batches === undefined) await leftovers();
    const engine = engines.engineOf(enginePipeline(plan));
    const { outputs } = plan.pipeline;
    const executor = leavesColumnsOpen(outputs) ? decidingColumns(engine.open(), outputs) : engine.open();
    const reading = new AbortController();
    const job = await openJob(plan, { engine, executor, reading, talk }).catch(async (error: unknown) => {
      await executor.close();
      throw error;
    });
    try {
      const ending = talk.ending();
      ending.addEventListener('abort', () => {
        reading.abort();
        engines.drain();
      });
      const outcome = await driven(plan, { job, executor, reading, ending, ai }, talk);
      if (outcome.result.endedBy !== 'closed') await leftovers();
      return outcome;
    } finally {
      await job.release();
    }
  } finally {
    await engines.close();
  }
}

interface OpenRun {
  readonly job: RunJob;
  readonly executor: OpenExecutor;
  /** Stops the reading. */
  readonly reading: AbortController;
  /** Aborted when the run is to end before its input does. */
  readonly ending: AbortSignal;
  readonly ai: Engines['ai'];
}

async function driven(
  plan: RunPlan,
  { job, executor, reading, ending, ai }: OpenRun,
  talk: RunTalk,
): Promise<RunOutcome> {
  const { sinks, checkOutputs: look, keeping } = job;
  const status = ai && ((): Promise<AiStatus> => ai.status(plan.pipeline.name));
  const progress = talk.progress?.(sizeOf(job), status);
  // `performance` would have to be loaded first.
  const startedAt = process.uptime();
  const result = await drive({
    executor,
    blocks: job.blocks,
    sinks,
    now: Date.now,
    stopReading: () => reading.abort(),
    unordered: plan.unordered,
    isAtEnd: () => !ending.aborted && !plan.follow,
    beforeWrite: () => look('between blocks'),
    ...(keeping && { onNewFiles: () => keeping.filesBegun() }),
    ...(keeping && { onDelivered: ({ counts }) => keeping.failed(failedOf(counts)) }),
    ...(progress && { onProgress: (now) => progress.update(now) }),
    keep: {
      ...(keeping && { reached: (at) => keeping.reached(at), changed: (changes) => keeping.changed(changes) }),
      async finish(ran) {
        const seen = await seenToTheEnd(ran, look);
        await keeping?.finish(endedBetweenBlocks(seen));
        return seen;
      },
    },
  });
  progress?.close();
  const hasNothingNew = keeping?.goesOn === true && result.endedBy === 'input' && result.bytes === 0;
  return {
    result,
    seconds: process.uptime() - startedAt,
    ai: result.endedBy === 'closed' ? undefined : await status?.(),
    finishedBefore: hasNothingNew ? { lines: keeping.linesDone(), failed: keeping.failedSoFar() ?? 0 } : undefined,
  };
}

function failedOf({ deadLettered, skipped, unrouted }: Counts): number {
  return deadLettered + skipped + unrouted;
}

/** Checks the outputs once everything is written. */
async function seenToTheEnd(result: BlockRunResult, look: RunJob['checkOutputs']): Promise<BlockRunResult> {
  if (result.endedBy === 'error' || result.endedBy === 'closed') return result;
  try {
    await look('at the end');
    return result;
  } catch (error) {
    const { counts, stages, bytes, lines } = result;
    return { counts, ...(stages && { stages }), bytes, lines, endedBy: 'error', error };
  }
}

/** The size of all inputs, if known. */
export function sizeOf({ sources, bytesBefore = 0 }: Pick<RunJob, 'sources' | 'bytesBefore'>): InputSize | undefined {
  const sizes = sources.map((source) => source.sizeBytes);
  if (!sizes.every((size) => size !== undefined)) return undefined;
  return { total: sizes.reduce((sum, size) => sum + size, 0), before: bytesBefore };
}

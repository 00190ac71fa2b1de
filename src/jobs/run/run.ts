import type { AiStatus } from '../../ai/index.js';
import {
  decidingColumns,
  drive,
  endedBetweenBlocks,
  leavesColumnsOpen,
  type BlockRunResult,
  type OpenExecutor,
  type Progress,
  type TraceOf,
} from '../../pipeline/index.js';
import type { Source } from '../../sources/index.js';
import type { Engines } from '../engines/engines.js';
import type { PersonTalk } from '../talk.js';
import { openJob } from './job.js';
import { enginePipeline, openRunEngines } from './engines.js';
import type { RunPlan } from './plan.js';
import type { RunJob } from './run-job.js';

/** What is told of a run, and what ends it. */
export interface RunTalk extends PersonTalk, Pick<ProgressTalk, 'progress'> {
  /** Called when it has begun. @returns raised when it is to end: what is under way is finished, nothing new is begun that costs */
  readonly ending: () => AbortSignal;
  /** Listens to the calls of a stage's script; undefined: nobody wants to know. */
  readonly traceOf?: TraceOf | undefined;
}

export interface ProgressTalk {
  /**
   * Shows from now on how far a run is; absent: nobody wants to see it.
   *
   * @param totalBytes of all inputs, where that is known
   * @param ai how the AI calls stand, where it makes any
   */
  readonly progress?: (totalBytes: number | undefined, ai?: () => Promise<AiStatus>) => ProgressReporter;
}

/** What a run says while it runs. */
export interface ProgressReporter {
  update(progress: Progress): void;
  /** Takes the last line away. */
  close(): void;
}

/** What a run came to. */
export interface RunOutcome {
  readonly result: BlockRunResult;
  readonly seconds: number;
  /** How its AI calls stood at the end; undefined: it makes none. */
  readonly ai: AiStatus | undefined;
  /** Lines of all inputs that are done, where an earlier run had done all of them. */
  readonly finishedBefore: number | undefined;
}

/** @throws JobError, SourceError, SinkError, ConfigError, ComputoError: it could not begin, or its end not be seen to */
export async function run(plan: RunPlan, talk: RunTalk): Promise<RunOutcome> {
  const engines = await openRunEngines(plan, talk.notice, talk.traceOf);
  try {
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
      return await driven(plan, { job, executor, reading, ending, ai: engines.ai }, talk);
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
  /** Ends the reading. */
  readonly reading: AbortController;
  /** Raised when it is to end before its input does. */
  readonly ending: AbortSignal;
  readonly ai: Engines['ai'];
}

async function driven(
  plan: RunPlan,
  { job, executor, reading, ending, ai }: OpenRun,
  talk: RunTalk,
): Promise<RunOutcome> {
  const { sinks, look, keeping } = job;
  const status = ai && ((): Promise<AiStatus> => ai.status(plan.pipeline.name));
  const progress = talk.progress?.(bytesOf(job.sources), status);
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
    finishedBefore: hasNothingNew ? keeping.linesDone() : undefined,
  };
}

/** What became of the outputs when all was written. */
async function seenToTheEnd(result: BlockRunResult, look: RunJob['look']): Promise<BlockRunResult> {
  if (result.endedBy === 'error' || result.endedBy === 'closed') return result;
  try {
    await look('at the end');
    return result;
  } catch (error) {
    const { counts, stages, bytes, lines } = result;
    return { counts, ...(stages && { stages }), bytes, lines, endedBy: 'error', error };
  }
}

/** Of all inputs, where it is known. */
export function bytesOf(sources: readonly Source[]): number | undefined {
  const sizes = sources.map((source) => source.sizeBytes);
  return sizes.every((size) => size !== undefined) ? sizes.reduce((sum, size) => sum + size, 0) : undefined;
}

import type { LogWorld } from '../../../log/index.js';
import { drive, type Delivered } from '../../../pipeline/index.js';
import type { RetryProgress } from '../../../pipeline/letters/index.js';
import type { RetryReport } from '../../../server/index.js';
import type { Block } from '../../../sources/index.js';
import {
  lettersToRetry,
  nothingLeft,
  wordsForLeft,
  type LettersLeft,
  type LettersToRetry,
} from '../../replay/letters.js';
import type { ReplayPlan } from '../../replay/plan.js';
import { isOutAtEnd } from '../../replay/refuse-state.js';
import { runToOutputs } from '../../replay/to-outputs.js';
import type { PersonTalk } from '../../talk.js';
import type { PipelineServePlan, ServePlan } from '../../serve-plan.js';
import type { HandedOver, Pipelines } from '../pipelines/pipelines.js';

/** About how long a pipeline is paused at a time; it then runs for as long. */
const SLICE_MS = 1000;

/** What the daemon provides. */
export interface RetryLettersOptions {
  readonly world: LogWorld;
  /** Aborted when the daemon is to end: pending work is finished, the rest is left for the next time. */
  readonly signal: AbortSignal;
  readonly talk: PersonTalk;
  /**
   * Runs an action while a pipeline is paused.
   *
   * @returns whether there is such a pipeline
   */
  readonly handOver: Pipelines['handOver'];
  /** Notified of what becomes of the events. */
  readonly onDelivered: (pipeline: string, delivered: Delivered) => void;
  /** Notified of the progress. */
  readonly onProgress: (progress: RetryProgress) => void;
}

/**
 * Sends the dead letters that were not retried yet through their pipelines, to the pipelines' own outputs. Nothing else may write
 * to these outputs meanwhile, and a paused pipeline falls behind: so it hands its outputs over for a moment, again and again.
 * Does what `colloquium replay --dead-letters --to-outputs` does while no daemon runs, with the same guarantee: after a crash the
 * files are truncated to the last checkpoint, and letters count as retried once their results are in one.
 *
 * @throws SinkError, SourceError; LogError `locked` when another process is retrying letters
 */
export async function retryLetters(serve: ServePlan, context: RetryLettersOptions): Promise<RetryReport> {
  const { world, signal, talk } = context;
  const plan = planOfRetry(serve);
  const sum = { input: 0, output: 0, filtered: 0, dead_lettered: 0 };
  const left = nothingLeft();
  const underWay = { plan, world, signal, onDamage: ({ message }: { message: string }) => talk.notice(message) };
  let stopped: string | undefined;
  // Pipelines that are refused come last: only the last pass may stop before its end.
  const isRefused = (pipeline: PipelineServePlan): number => Number(whyNotRetried(pipeline) !== undefined);
  const pipelines = serve.pipelines.toSorted((a, b) => isRefused(a) - isRefused(b));
  for await (const letters of lettersToRetry(underWay, { pipelines, through: 'own' }, left)) {
    stopped = await retryInSlices(letters, plan, context, sum);
    if (stopped !== undefined) break;
  }
  if (stopped !== undefined) talk.notice(`the retry of dead letters stopped: ${stopped}`);
  for (const words of wordsForLeft(left)) talk.notice(words);
  return { ...sum, ...countsOf(left), ...(stopped !== undefined && { stopped }) };
}

/** The counts of letters that are not retried, as reports have them. */
export function countsOf({ strangers, unretryable, retriedBefore }: LettersLeft): {
  readonly left: number;
  readonly driven_before: number;
} {
  const others = [...strangers.values()].reduce((a, b) => a + b, 0);
  return { left: unretryable + others, driven_before: retriedBefore };
}

/** All letters, each through its own pipeline, to that pipeline's outputs. */
export function planOfRetry(serve: ServePlan): ReplayPlan {
  return {
    config: serve.config,
    logFolder: serve.log.folder,
    stateFolder: serve.stateFolder,
    choice: { since: 0, until: undefined, fromId: undefined, from: 'dead-letters' },
    way: { kind: 'to-outputs', pipelines: serve.pipelines, through: 'own' },
    deadLetter: undefined,
    limit: undefined,
    live: false,
  };
}

/** Why a pipeline's letters can't be retried while it runs; undefined if they can. */
export function whyNotRetried({ spec }: PipelineServePlan): string | undefined {
  if (!isOutAtEnd(spec)) return undefined;
  return `pipeline ${spec.name} has stages that look across events: stop the daemon, then run colloquium replay --dead-letters --to-outputs`;
}

/** @returns why the letters were not retried to the end; undefined if they were */
async function retryInSlices(
  letters: LettersToRetry,
  plan: ReplayPlan,
  context: RetryLettersOptions,
  sum: { input: number; output: number; filtered: number; dead_lettered: number },
): Promise<string | undefined> {
  const { world, signal, handOver } = context;
  const name = letters.pipeline.spec.name;
  const iterator = letters.blocks[Symbol.asyncIterator]();
  // A pipeline without letters is not paused.
  let next = await iterator.next();
  const hasEnded = (): boolean => next.done === true;
  const whyNot = whyNotRetried(letters.pipeline);
  if (!hasEnded() && whyNot !== undefined) {
    await iterator.return?.();
    return whyNot;
  }
  let stopped: string | undefined;
  const slice = async (handed: HandedOver): Promise<void> => {
    const reading = new AbortController();
    const stopReading = (): void => reading.abort();
    const endsAt = world.elapsed() + SLICE_MS;
    const isOver = (): boolean => reading.signal.aborted || signal.aborted || world.elapsed() >= endsAt;
    async function* some(): AsyncGenerator<Block> {
      while (next.done !== true) {
        yield next.value;
        next = await iterator.next();
        if (isOver()) return;
      }
    }
    const work = { ...context, ...handed, plan, blocks: some(), letters };
    const { counts, ...ending } = await drive({
      ...(await runToOutputs(work)),
      now: world.now,
      stopReading,
      onProgress: () => context.onProgress(letters.progress()),
    });
    sum.input += counts.input;
    sum.output += counts.output;
    sum.filtered += counts.filtered;
    sum.dead_lettered += counts.deadLettered;
    if (ending.endedBy === 'error') throw ending.error;
    if (ending.endedBy === 'paused') stopped = ending.pause.message;
    else if (ending.endedBy !== 'input') stopped = `an event of pipeline ${name} failed (on_error: stop)`;
  };
  try {
    for (;;) {
      if (hasEnded()) return signal.aborted ? 'the daemon ends' : undefined;
      if (signal.aborted) return 'the daemon ends';
      if (!(await handOver(name, slice))) return `the config has no pipeline ${JSON.stringify(name)} any more`;
      if (stopped !== undefined) return stopped;
      if (!hasEnded()) await world.wait(SLICE_MS, signal);
    }
  } finally {
    await iterator.return?.();
  }
}

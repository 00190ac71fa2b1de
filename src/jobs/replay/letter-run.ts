import type { OpenExecutor, OpenSinks } from '../../pipeline/index.js';
import type { FileSink } from '../../sinks/index.js';
import { JobError } from '../job-error.js';
import type { LeftOut } from './left-out.js';
import type { LettersToRetry } from './letters.js';
import type { OpenReplay } from './open-replay.js';
import { isOutAtEnd } from './refuse-state.js';
import type { ReplayRun } from './runs.js';

/**
 * The longest time between writing a letter's result and recording the letter as retried, so that little is retried twice after a
 * crash.
 */
const NOTE_INTERVAL_MS = 200;

/** Where the results of letters go. */
export interface LetterTargets {
  readonly sinks: OpenSinks;
  readonly executor: OpenExecutor;
  /** Whether a letter that fails again is kept in a file. */
  readonly keepsFailed: boolean;
  /** Counts the letters that a filter failed on. */
  readonly leftOut: LeftOut;
}

/**
 * A run that sends one pipeline's dead letters to one output. It records as it goes which letters were retried; the result of a
 * recorded letter is durable, if the output is a file. A letter that fails again and is kept nowhere is not recorded.
 */
export function runOfLetters(
  underWay: OpenReplay,
  letters: LettersToRetry,
  { sinks, executor, keepsFailed, leftOut }: LetterTargets,
): ReplayRun {
  const notes = new NoteKeeper(underWay, letters, sinks.files);
  const waits = isOutAtEnd(letters.pipeline.spec);
  return {
    blocks: letters.blocks,
    sinks,
    executor,
    onDelivered(delivered) {
      const { counts, resumeAt } = delivered;
      if (leftOut.add(delivered)) letters.onLeft(resumeAt, 'filter-failed');
      else if (!keepsFailed && counts.deadLettered + counts.skipped > 0) letters.onLeft(resumeAt, 'failed-again');
    },
    keep: {
      reached(resumeAt) {
        letters.onReached(resumeAt);
        if (!waits) notes.reached();
      },
      async finish(result) {
        // If the run was stopped, events that a stage still holds have no result yet.
        if (waits ? result.endedBy === 'input' && result.counts.open === 0 : result.endedBy !== 'error')
          await notes.finish();
        return result;
      },
      abandon: () => notes.abandon(),
    },
  };
}

/** Records periodically which letters were retried. */
class NoteKeeper {
  #isBehind = false;
  #work: Promise<void> | undefined;
  #failure: { readonly error: unknown } | undefined;
  readonly #stop = new AbortController();

  constructor(
    private readonly underWay: OpenReplay,
    private readonly letters: LettersToRetry,
    private readonly files: readonly FileSink[],
  ) {}

  /** Call this when another letter was retried. */
  reached(): void {
    this.#isBehind = true;
    this.#work ??= this.#run();
  }

  /** Writes the last record. @throws JobError */
  async finish(): Promise<void> {
    await this.abandon();
    if (this.#failure === undefined) await this.#note().catch((error: unknown) => (this.#failure = { error }));
    if (this.#failure !== undefined) throw this.#cannotNote(this.#failure.error);
  }

  /** Stops recording. */
  async abandon(): Promise<void> {
    this.#stop.abort();
    await this.#work;
  }

  async #run(): Promise<void> {
    try {
      while (this.#isBehind && !this.#stop.signal.aborted) {
        await this.underWay.world.wait(NOTE_INTERVAL_MS, this.#stop.signal);
        await this.#note();
      }
    } catch (error) {
      this.#failure = { error };
      this.underWay.stopReading();
    } finally {
      this.#work = undefined;
    }
  }

  async #note(): Promise<void> {
    this.#isBehind = false;
    // Taken before the sync: what is written meanwhile belongs to the next note.
    const note = this.letters.note();
    for (const file of this.files) await file.sync();
    await this.letters.remember(note);
  }

  #cannotNote(error: unknown): unknown {
    if (!(error instanceof Error)) return error;
    const { stateFolder } = this.underWay.plan;
    const hint = 'letters that are not noted are retried the next time';
    return new JobError(`cannot record in ${stateFolder} which letters were retried: ${error.message}`, 'failed', hint);
  }
}

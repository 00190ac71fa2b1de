import type { BlockRunResult } from '../run-blocks.js';
import type { BlockTally } from './reader.js';

const RETRY_MIN_MS = 1000;
const RETRY_MAX_MS = 60_000;
/** A restarted run that has not failed for this long is healthy; failures may take a while to show. */
const WELL_AFTER_MS = 30_000;

/** What a pipeline of the daemon is doing. */
export type ProcessorState =
  | { readonly kind: 'running' }
  /** Something outside failed, or a budget is used up: it continues by itself from where it was. */
  | { readonly kind: 'waiting'; readonly message: string }
  /** An event failed, and `on_error: stop` prevents later events from being processed. */
  | { readonly kind: 'stopped' }
  | { readonly kind: 'closed' };

export interface ProcessorTalk {
  readonly failed: (error: unknown, retryMs: number) => void;
  readonly paused: (message: string, retryMs: number) => void;
  /** Called on entering the state `stopped`. */
  readonly stopped: () => void;
  /** It starts or restarts with the state of its stages: says what each holds of earlier events. */
  readonly continued: (stages: NonNullable<BlockTally['stages']>) => void;
  /** A block of events is out. */
  readonly delivered: (tally: BlockTally) => void;
  /** Nobody reads the output any more. */
  readonly outputClosed: () => void;
}

/** A run that is restarted whenever a failure from outside ends it, with growing delays while it makes no progress. */
export interface KeptRun {
  /** Runs once, until the signal is aborted or something fails. */
  readonly run: (signal: AbortSignal) => Promise<BlockRunResult>;
  /** Called after each run; @returns whether it made progress */
  readonly onEnd: () => boolean;
  /** Called when the state may have changed. */
  readonly onState: () => void;
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly talk: ProcessorTalk;
}

/** Keeps a {@link KeptRun} going until it is stopped. */
export class KeepGoing {
  #state: ProcessorState = { kind: 'running' };
  #isAtWork = true;
  /** Ends the wait for the next attempt. */
  #wake: AbortController | undefined;
  #work: Promise<void> | undefined;
  readonly #stop = new AbortController();

  constructor(private readonly kept: KeptRun) {}

  get state(): ProcessorState {
    return this.#state;
  }

  /** Whether a run is in progress, including one that is not known to be healthy yet, or is about to begin for the first time. */
  get isAtWork(): boolean {
    return this.#isAtWork;
  }

  /** Retries at once if it waits for the next attempt. */
  tryNow(): void {
    if (this.#wake === undefined) return;
    this.#isAtWork = true;
    this.#wake.abort();
  }

  start(): void {
    this.#work ??= this.#run();
  }

  /** Call it when the run has made progress: a restarted run is then healthy. */
  gotOn(): void {
    if (this.#state.kind === 'waiting') this.#state = { kind: 'running' };
  }

  /** Stops reading, and finishes what was read. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#work;
    this.#state = { kind: 'closed' };
  }

  async #run(): Promise<void> {
    const { onEnd, onState, wait, talk } = this.kept;
    const { signal } = this.#stop;
    const isStopped = (): boolean => signal.aborted;
    let retryMs = RETRY_MIN_MS;
    while (!isStopped()) {
      this.#isAtWork = true;
      const ended = new AbortController();
      void wait(WELL_AFTER_MS, ended.signal).then(() => ended.signal.aborted || this.gotOn());
      const outcome = await this.#once(signal);
      ended.abort();
      const gotOn = onEnd();
      // The run is over, for example stopped by its own failing event: it is not restarted.
      if (outcome === undefined) return;
      // What it waited for is waited for again at the next start.
      if (outcome.isPause && isStopped()) return;
      if (gotOn) retryMs = RETRY_MIN_MS;
      this.#state = { kind: 'waiting', message: outcome.message };
      if (outcome.isPause) talk.paused(outcome.message, retryMs);
      else talk.failed(outcome.error, retryMs);
      onState();
      this.#wake = new AbortController();
      await wait(retryMs, AbortSignal.any([signal, this.#wake.signal]));
      this.#wake = undefined;
      retryMs = Math.min(retryMs * 2, RETRY_MAX_MS);
    }
  }

  /** @returns why it must be restarted; undefined if it need not be */
  async #once(signal: AbortSignal): Promise<{ isPause: boolean; message: string; error?: unknown } | undefined> {
    try {
      const result = await this.kept.run(signal);
      this.#isAtWork = false;
      return this.#afterwards(result);
    } catch (error) {
      this.#isAtWork = false;
      return { isPause: false, message: messageOf(error), error };
    }
  }

  #afterwards(result: BlockRunResult): { isPause: boolean; message: string; error?: unknown } | undefined {
    const { onState, talk } = this.kept;
    switch (result.endedBy) {
      case 'input':
        return undefined;
      case 'failure':
        this.#state = { kind: 'stopped' };
        talk.stopped();
        onState();
        return undefined;
      case 'closed':
        this.#state = { kind: 'closed' };
        talk.outputClosed();
        return undefined;
      case 'paused':
        return { isPause: true, message: result.pause.message };
      case 'error':
        return { isPause: false, message: messageOf(result.error), error: result.error };
    }
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

import type { BlockRunResult } from '../run-blocks.js';
import type { BlockTally } from './reader.js';

const RETRY_MIN_MS = 1000;
const RETRY_MAX_MS = 60_000;
/** A run that was begun again, and has not failed for so long, is well: what fails may take its time to. */
const WELL_AFTER_MS = 30_000;

/** What a pipeline of the daemon is doing. */
export type ProcessorState =
  | { readonly kind: 'running' }
  /** Something outside failed, or a budget is used up: it goes on from where it was by itself. */
  | { readonly kind: 'waiting'; readonly message: string }
  /** An event failed, and `on_error: stop` keeps what follows from being processed. */
  | { readonly kind: 'stopped' }
  | { readonly kind: 'closed' };

export interface ProcessorTalk {
  readonly failed: (error: unknown, retryMs: number) => void;
  readonly paused: (message: string, retryMs: number) => void;
  /** See the state `stopped`. */
  readonly stopped: () => void;
  /** It begins, or begins again, with what its stages knew: what each keeps of the events before. */
  readonly wentOn: (stages: NonNullable<BlockTally['stages']>) => void;
  /** A block of events is out. */
  readonly delivered: (tally: BlockTally) => void;
  /** Nobody reads the output any more. */
  readonly outputClosed: () => void;
}

/** A run that is begun again whenever it ends by a failure from outside, later and later while it gets nowhere. */
export interface KeptRun {
  /** One run, until the signal is raised or something fails. */
  readonly run: (signal: AbortSignal) => Promise<BlockRunResult>;
  /** Called after each run; @returns whether it got anywhere */
  readonly onEnd: () => boolean;
  /** The state may have changed. */
  readonly onState: () => void;
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly talk: ProcessorTalk;
}

/** Keeps a {@link KeptRun} going until it is told to end. */
export class KeepGoing {
  #state: ProcessorState = { kind: 'running' };
  #isAtWork = true;
  /** Ends the wait for the next try. */
  #wake: AbortController | undefined;
  #work: Promise<void> | undefined;
  readonly #stop = new AbortController();

  constructor(private readonly kept: KeptRun) {}

  get state(): ProcessorState {
    return this.#state;
  }

  /** Whether a run is under way, or about to begin for the first time: also one that is not known to be well yet. */
  get isAtWork(): boolean {
    return this.#isAtWork;
  }

  /** Does not wait any longer, where it waits for the next try. */
  tryNow(): void {
    if (this.#wake === undefined) return;
    this.#isAtWork = true;
    this.#wake.abort();
  }

  start(): void {
    this.#work ??= this.#run();
  }

  /** To be called when the run has got anywhere: one that was begun again is well. */
  gotOn(): void {
    if (this.#state.kind === 'waiting') this.#state = { kind: 'running' };
  }

  /** Ends the reading; what was read is finished. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#work;
    this.#state = { kind: 'closed' };
  }

  async #run(): Promise<void> {
    const { onEnd, onState, wait, talk } = this.kept;
    const { signal } = this.#stop;
    let retryMs = RETRY_MIN_MS;
    while (!signal.aborted) {
      this.#isAtWork = true;
      const ended = new AbortController();
      void wait(WELL_AFTER_MS, ended.signal).then(() => ended.signal.aborted || this.gotOn());
      const outcome = await this.#once(signal);
      ended.abort();
      const gotOn = onEnd();
      // Stopped by its own failing event, it is not begun again.
      if (outcome === undefined) return;
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

  /** @returns why it has to be begun again; undefined when it has not */
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

import { comparePositions, LOG_START, type Position } from '../log/index.js';
import type { FileSink } from '../sinks/index.js';
import type { LogPlace } from '../sources/index.js';
import type { ProcessingCheckpoint } from './process-log-checkpoint.js';
import { processLog, type BlockTally, type LogProcessing } from './process-log.js';
import type { BlockRunResult } from './run-blocks.js';

const RETRY_MIN_MS = 1000;
const RETRY_MAX_MS = 60_000;

/** What a pipeline of the daemon is doing. */
export type ProcessorState =
  | { readonly kind: 'running' }
  /** Something outside failed, or a budget is used up: it goes on from its checkpoint by itself. */
  | { readonly kind: 'waiting'; readonly message: string }
  /** An event failed, and `on_error: stop` keeps what follows from being processed. */
  | { readonly kind: 'stopped' }
  | { readonly kind: 'closed' };

export interface ProcessorTalk {
  readonly failed: (error: unknown, retryMs: number) => void;
  readonly paused: (message: string, retryMs: number) => void;
  /** See the state `stopped`. */
  readonly stopped: () => void;
  /** A block of events is out. */
  readonly delivered: (tally: BlockTally) => void;
  /** Nobody reads the output any more. */
  readonly outputClosed: () => void;
}

/** Keeps one pipeline going over the stored log, over failures of disks and workers, until it is told to end. */
export class LogProcessor {
  readonly pipeline: string;
  #state: ProcessorState = { kind: 'running' };
  #reached: Position = LOG_START;
  #stored: ProcessingCheckpoint | undefined;
  /** About when the oldest event was stored that is not processed; undefined: there was none when last looked. */
  #behindSince: number | undefined;
  #files: readonly FileSink[] = [];
  #checkpointAtStart: number | undefined;
  #work: Promise<void> | undefined;
  #onReached = (): void => undefined;
  readonly #stop = new AbortController();

  constructor(
    private readonly processing: LogProcessing,
    private readonly talk: ProcessorTalk,
  ) {
    this.pipeline = processing.pipeline;
  }

  get state(): ProcessorState {
    return this.#state;
  }

  /** Milliseconds since about when the oldest event was stored that is not processed. */
  get lagMs(): number {
    if (!this.#isBehind()) return 0;
    const now = this.processing.world.now();
    this.#behindSince ??= now;
    return Math.max(0, now - this.#behindSince);
  }

  /** What lies before is processed, and stays so after a crash. */
  get checkpoint(): Position {
    return this.#stored?.place.position ?? LOG_START;
  }

  start(): void {
    this.#work ??= this.#run();
  }

  /** Does what the clock asks of the outputs while no events come: new files begin, old ones go. */
  async tend(): Promise<void> {
    for (const file of this.#files) await file.tend();
  }

  /**
   * Ends the processing: up to the log's end if that is reached within the grace, else with what is being worked on. A
   * checkpoint is made.
   */
  async drain(graceMs: number): Promise<void> {
    const { world } = this.processing;
    const isDone = (): boolean => this.#state.kind !== 'running' || !this.#isBehind();
    const done = new AbortController();
    this.#onReached = () => isDone() && done.abort();
    this.#onReached();
    if (!done.signal.aborted) await world.wait(graceMs, done.signal);
    this.#stop.abort();
    await this.#work;
    this.#state = { kind: 'closed' };
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    let retryMs = RETRY_MIN_MS;
    while (!signal.aborted) {
      this.#state = { kind: 'running' };
      this.#checkpointAtStart = this.#stored?.place.timestamp;
      const outcome = await this.#once();
      this.#files = [];
      // Stopped by its own failing event, it is not begun again.
      if (outcome === undefined) return;
      if (this.#madeProgress()) retryMs = RETRY_MIN_MS;
      this.#state = { kind: 'waiting', message: outcome.message };
      if (outcome.isPause) this.talk.paused(outcome.message, retryMs);
      else this.talk.failed(outcome.error, retryMs);
      this.#onReached();
      await this.processing.world.wait(retryMs, signal);
      retryMs = Math.min(retryMs * 2, RETRY_MAX_MS);
    }
  }

  /** @returns why it has to be begun again; undefined when it has not */
  async #once(): Promise<{ isPause: boolean; message: string; error?: unknown } | undefined> {
    try {
      const result = await processLog(this.processing, this.#progress, this.#stop.signal);
      return this.#afterwards(result);
    } catch (error) {
      return { isPause: false, message: messageOf(error), error };
    }
  }

  #afterwards(result: BlockRunResult): { isPause: boolean; message: string; error?: unknown } | undefined {
    switch (result.endedBy) {
      case 'input':
        return undefined;
      case 'failure':
        this.#state = { kind: 'stopped' };
        this.talk.stopped();
        this.#onReached();
        return undefined;
      case 'closed':
        this.#state = { kind: 'closed' };
        this.talk.outputClosed();
        return undefined;
      case 'paused':
        return { isPause: true, message: result.pause.message };
      case 'error':
        return { isPause: false, message: messageOf(result.error), error: result.error };
    }
  }

  #isBehind(): boolean {
    return comparePositions(this.#reached, this.processing.log.end) < 0;
  }

  #madeProgress(): boolean {
    return this.#stored !== undefined && this.#stored.place.timestamp > (this.#checkpointAtStart ?? 0);
  }

  readonly #progress = {
    reached: ({ position, timestamp }: LogPlace): void => {
      this.#reached = position;
      // 0: nothing was read before, and the first read will tell.
      this.#behindSince = this.#isBehind() && timestamp > 0 ? timestamp : undefined;
      this.#onReached();
    },
    stored: (checkpoint: ProcessingCheckpoint): void => {
      this.#stored = checkpoint;
    },
    delivered: (tally: BlockTally): void => this.talk.delivered(tally),
    opened: ({ files }: { readonly files: readonly FileSink[] }): void => {
      this.#files = files;
    },
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

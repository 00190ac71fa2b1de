import type { FileSink } from '../sinks/index.js';
import type { LogPlace } from '../sources/index.js';
import type { ProcessingCheckpoint } from './process-log-checkpoint.js';

export interface CheckpointKeeperOptions {
  readonly files: readonly FileSink[];
  /** Makes a checkpoint durable. */
  readonly store: (checkpoint: ProcessingCheckpoint) => Promise<void>;
  /** How long after an event is out its checkpoint is made, at most. */
  readonly intervalMs: number;
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>;
  /** An output could not be synced, or the checkpoint not be stored. */
  readonly onFailure: (error: unknown) => void;
}

/**
 * Makes checkpoints while a pipeline runs: the outputs are on the medium before the checkpoint that speaks of them is. Many
 * blocks share one checkpoint.
 */
export class CheckpointKeeper {
  #reached: ProcessingCheckpoint | undefined;
  #work: Promise<void> | undefined;
  readonly #stop = new AbortController();

  constructor(private readonly options: CheckpointKeeperOptions) {}

  /** All events before `place` are out, and none behind it: called between two writes. */
  reached(place: LogPlace): void {
    const files = Object.fromEntries(this.options.files.map((sink) => [sink.name, sink.position()]));
    this.#reached = { place, files };
    this.#work ??= this.#run();
  }

  /** Makes the last checkpoint, and no more after it. */
  async finish(): Promise<void> {
    this.#stop.abort();
    await this.#work;
    await this.#make();
  }

  /** Makes no more checkpoints: the outputs are in an unknown state. */
  async abandon(): Promise<void> {
    this.#reached = undefined;
    this.#stop.abort();
    await this.#work;
  }

  async #run(): Promise<void> {
    const { intervalMs, wait, onFailure } = this.options;
    try {
      while (this.#reached !== undefined) {
        await wait(intervalMs, this.#stop.signal);
        await this.#make();
      }
    } catch (error) {
      onFailure(error);
    } finally {
      this.#work = undefined;
    }
  }

  async #make(): Promise<void> {
    const checkpoint = this.#reached;
    this.#reached = undefined;
    if (checkpoint === undefined) return;
    const { files, store } = this.options;
    for (const sink of files) await sink.sync();
    await store(checkpoint);
    for (const sink of files) {
      const position = checkpoint.files[sink.name];
      if (position !== undefined) sink.settle(position);
    }
  }
}

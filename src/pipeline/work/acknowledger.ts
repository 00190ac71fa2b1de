import type { FileSink } from '../../sinks/index.js';

export interface AcknowledgerOptions<T> {
  readonly files: readonly FileSink[];
  readonly acknowledge: (done: readonly T[]) => void;
  /** Called when an output can't be synced; nothing more is acknowledged. */
  readonly onFailure: (error: unknown) => void;
}

/** Acknowledges finished events once the output files are synced. Events that finish during a sync wait for the next one. */
export class Acknowledger<T> {
  #waiting: T[] = [];
  #work = Promise.resolve();
  #isWorking = false;
  #hasFailed = false;

  constructor(private readonly options: AcknowledgerOptions<T>) {}

  done(items: readonly T[]): void {
    this.#waiting.push(...items);
    // Without files, the work is over before its promise exists.
    if (!this.#isWorking) this.#work = this.#run();
  }

  /** Resolves when every finished event is acknowledged, or can't be. */
  async finish(): Promise<void> {
    while (this.#isWorking) await this.#work;
  }

  async #run(): Promise<void> {
    const { files, acknowledge, onFailure } = this.options;
    this.#isWorking = true;
    try {
      while (this.#waiting.length > 0 && !this.#hasFailed) {
        const batch = this.#waiting;
        this.#waiting = [];
        for (const file of files) await file.sync();
        acknowledge(batch);
      }
    } catch (error) {
      this.#hasFailed = true;
      onFailure(error);
    } finally {
      this.#isWorking = false;
    }
  }
}

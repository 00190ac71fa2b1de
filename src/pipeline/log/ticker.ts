import type { Tick } from '../../event/index.js';
import type { ProcessingWorld } from '../processor/processor.js';

/** The longest time between checks, because the clock may be set, and others may write to the log. In milliseconds. */
const LOOK_MS = 1000;

export interface TickerOptions {
  readonly world: ProcessingWorld;
  /** Whether events from before a time are stored but not processed yet: one of them may close what the ticker waits for. */
  readonly isBehind: (timestamp: number) => boolean;
  /** Stores a tick after all stored events. */
  readonly store: (tick: Pick<Tick, 'isStart'>) => Promise<void>;
  readonly onFailure: (error: unknown) => void;
}

/** Stores a tick when only time would release what the stages of a pipeline hold: not earlier, and not while events are still to come. */
export class Ticker {
  /** Milliseconds since the epoch. */
  #next: number | undefined;
  /** Whether the next tick must say that nobody took events before. */
  #isStart = false;
  #work: Promise<void> | undefined;
  readonly #stop = new AbortController();

  constructor(private readonly options: TickerOptions) {}

  /**
   * Begins with a tick, because open events may have waited for time before.
   *
   * @param isStart whether nobody took events before
   */
  begin(isStart: boolean): void {
    this.expect(this.options.world.now());
    this.#isStart = isStart;
  }

  /** @param timestamp of the first tick that would close anything; undefined: nothing waits for time */
  expect(timestamp: number | undefined): void {
    // The tick of `begin` comes first.
    if (this.#isStart) return;
    this.#next = timestamp;
    if (timestamp !== undefined && !this.#stop.signal.aborted) this.#work ??= this.#run();
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.#work;
  }

  async #run(): Promise<void> {
    const { world, isBehind, store, onFailure } = this.options;
    const { signal } = this.#stop;
    while (this.#next !== undefined && !signal.aborted) {
      const left = this.#next - world.now();
      if (left > 0 || isBehind(this.#next)) {
        await world.wait(Math.min(Math.max(left, 1), LOOK_MS), signal);
        continue;
      }
      // The next expected tick is set when this one is read.
      this.#next = undefined;
      const isStart = this.#isStart;
      this.#isStart = false;
      try {
        await store({ isStart });
      } catch (error) {
        onFailure(error);
        this.#next ??= world.now() + LOOK_MS;
        this.#isStart = isStart;
      }
    }
    this.#work = undefined;
  }
}

import type { Tick } from '../../event/index.js';
import type { ProcessingWorld } from '../processor/processor.js';

/** A clock that was set, and a log that others write to, are looked at so often at least. Milliseconds. */
const LOOK_MS = 1000;

export interface TickerOptions {
  readonly world: ProcessingWorld;
  /** Whether events of before a time are stored that were not gone through yet: one of them may close what is waited for. */
  readonly isBehind: (timestamp: number) => boolean;
  /** Stores a tick, behind all events that are stored. */
  readonly store: (tick: Pick<Tick, 'isStart'>) => Promise<void>;
  readonly onFailure: (error: unknown) => void;
}

/** Stores a tick when time alone would let go what the stages of a pipeline keep: not before, and not while there are events to come. */
export class Ticker {
  /** Milliseconds since the epoch. */
  #next: number | undefined;
  /** The next tick says that nobody was there before. */
  #isStart = false;
  #work: Promise<void> | undefined;
  readonly #stop = new AbortController();

  constructor(private readonly options: TickerOptions) {}

  /**
   * Begins with a tick: what was open may have waited for time before.
   *
   * @param isStart whether nobody was there to take events
   */
  begin(isStart: boolean): void {
    this.expect(this.options.world.now());
    this.#isStart = isStart;
  }

  /** @param timestamp of the first tick that would close anything; undefined: nothing waits for time */
  expect(timestamp: number | undefined): void {
    // That comes first.
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
      // What comes next is told when it was read.
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

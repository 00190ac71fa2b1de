import { eventId, ID_COUNTER_RANGE } from '../../event/index.js';

/** Assigns timestamps that never go back, and ids that sort in the order of assignment. */
export class LogClock {
  readonly #now: () => number;
  #timestamp: number;
  #counter: number;

  /**
   * @param now milliseconds since the epoch; may jump
   * @param last the timestamp of the last stored record: all assigned timestamps are later, so that ids sort across restarts, too
   * @param counter how many ids of the first millisecond are taken
   */
  constructor(now: () => number, last: number, counter = 0) {
    this.#now = now;
    this.#timestamp = last + 1;
    this.#counter = counter;
  }

  /** How far timestamps are ahead of the clock, in milliseconds: the clock was ahead once, and timestamps never go back. */
  get aheadMs(): number {
    return Math.max(0, this.#timestamp - Math.floor(this.#now()));
  }

  /** The timestamp of records that arrive now. */
  tick(): number {
    const now = Math.floor(this.#now());
    if (now > this.#timestamp) {
      this.#timestamp = now;
      this.#counter = 0;
    }
    if (this.#counter >= ID_COUNTER_RANGE) {
      this.#timestamp += 1;
      this.#counter = 0;
    }
    return this.#timestamp;
  }

  /** The next id for the timestamp that {@link tick} last returned. */
  nextId(): string {
    return eventId(this.#timestamp, this.nextCounter());
  }

  /** The counter of the next id. */
  nextCounter(): number {
    const counter = this.#counter % ID_COUNTER_RANGE;
    this.#counter += 1;
    return counter;
  }
}

import type { Tick } from '../../event/index.js';
import type { AcrossParts } from './across-stage.js';
import type { Codec, StateTable } from './state-table.js';

/** A time, and the timestamp of the event or tick that it comes from. Milliseconds since the epoch. */
interface Known {
  readonly time: number;
  readonly seen: number;
}

const KNOWN: Codec<Known> = {
  toJson: ({ time, seen }) => [time, seen],
  fromJson(json) {
    const [time, seen] = json as readonly [number, number];
    return { time, seen };
  },
};

/** The only key of its table. */
const NEWEST = '';

/**
 * The current time for a stage: the newest time of its events. While no event comes, ticks advance it by the difference between
 * their timestamps, because the times of events may be in the past. If times are not timestamps, no time passes while the
 * pipeline is not running, because senders may have held events back.
 */
export class StageTime {
  readonly #newest: StateTable<Known>;

  /** @param isTimestamp whether the time of an event is its timestamp */
  constructor(
    state: AcrossParts['state'],
    private readonly isTimestamp: boolean,
  ) {
    this.#newest = state('time', KNOWN);
  }

  /** Milliseconds since the epoch; −∞ before the first event. */
  get now(): number {
    return this.#newest.get(NEWEST)?.time ?? Number.NEGATIVE_INFINITY;
  }

  /** Records the time of an event that can no longer fail. @param seen its timestamp */
  note(time: number, seen: number): void {
    if (time > this.now) this.#newest.put(NEWEST, { time, seen });
  }

  /** Advances the time although no event came. */
  tick({ timestamp, isStart }: Tick): void {
    const newest = this.#newest.get(NEWEST);
    if (newest === undefined || timestamp <= newest.seen) return;
    const passed = isStart && !this.isTimestamp ? 0 : timestamp - newest.seen;
    this.#newest.put(NEWEST, { time: newest.time + passed, seen: timestamp });
  }

  /** Returns the timestamp of the tick that advances the time to `time`; undefined before the first event. */
  tickAt(time: number): number | undefined {
    const newest = this.#newest.get(NEWEST);
    return newest && newest.seen + time - newest.time;
  }
}

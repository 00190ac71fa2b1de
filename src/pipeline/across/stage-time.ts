import type { Tick } from '../../event/index.js';
import type { AcrossParts } from './across-stage.js';
import type { Codec, StateTable } from './state-table.js';

/** A time, and the timestamp of the event or tick that it was known from. Milliseconds since the epoch. */
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

/** The one key of its table. */
const NEWEST = '';

/**
 * How late it is for a stage: the newest time of its events. While none comes, ticks bring it on, by as much as passes between
 * timestamps: the times of events may lie in the past. Where they are not the timestamps, no time passes while nobody is there to
 * take events: who sends them may have kept them.
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

  /** An event has come that can't fail any more. @param seen its timestamp */
  note(time: number, seen: number): void {
    if (time > this.now) this.#newest.put(NEWEST, { time, seen });
  }

  /** No event came. */
  tick({ timestamp, isStart }: Tick): void {
    const newest = this.#newest.get(NEWEST);
    if (newest === undefined || timestamp <= newest.seen) return;
    const passed = isStart && !this.isTimestamp ? 0 : timestamp - newest.seen;
    this.#newest.put(NEWEST, { time: newest.time + passed, seen: timestamp });
  }

  /** The timestamp of the tick by which it is so late; undefined before the first event. */
  tickAt(time: number): number | undefined {
    const newest = this.#newest.get(NEWEST);
    return newest && newest.seen + time - newest.time;
  }
}

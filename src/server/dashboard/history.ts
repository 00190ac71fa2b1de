import { FAILED, samplesOf, sumOf, type Snapshot } from '../metrics/index.js';
import type { HistoryPoint } from './history-point.js';

const POINT_MS = 5000;

/** An hour. */
const POINTS_MAX = 720;

const STORED = 'colloquium_events_stored_total';
const PROCESSED = 'colloquium_events_processed_total';
const RECENT = 'colloquium_event_delivery_recent_seconds';

/** The last hour of the daemon in memory: whoever opens the page sees what led to now. */
export class History {
  #points: HistoryPoint[] = [];
  /** Milliseconds of a steady clock, and the counts of that moment. */
  #last: { readonly elapsed: number; readonly counts: readonly number[] } | undefined;

  get points(): readonly HistoryPoint[] {
    return this.#points;
  }

  /** Whether the next point should be added. @param elapsed milliseconds of a clock that never jumps */
  isDue(elapsed: number): boolean {
    return this.#last === undefined || elapsed - this.#last.elapsed >= POINT_MS;
  }

  /**
   * @param at milliseconds since the epoch
   * @param elapsed milliseconds of a clock that never jumps
   * @returns the point, if one was due
   */
  add(snapshot: Snapshot, at: number, elapsed: number): HistoryPoint | undefined {
    if (!this.isDue(elapsed)) return undefined;
    const counts = [
      sumOf(snapshot, STORED),
      sumOf(snapshot, PROCESSED),
      sumOf(snapshot, PROCESSED, { outcome: FAILED }),
    ];
    const before = this.#last;
    this.#last = { elapsed, counts };
    if (before === undefined) return undefined;
    const rate = (i: number): number =>
      round((((counts[i] ?? 0) - (before.counts[i] ?? 0)) * 1000) / (elapsed - before.elapsed));
    const delay = (percentile: string): number | null => {
      const found = samplesOf(snapshot, RECENT, { percentile }).find(({ labels }) => labels['pipeline'] === undefined);
      return found === undefined ? null : round(found.value);
    };
    const point = [at, rate(0), rate(1), rate(2), delay('p50'), delay('p95'), delay('p99')] as const;
    // A line through time goes forward: after the machine's clock was set back it begins anew.
    if (at <= (this.#points.at(-1)?.[0] ?? 0)) this.#points = [];
    this.#points.push(point);
    if (this.#points.length > POINTS_MAX) this.#points.shift();
    return point;
  }
}

/** Four digits are more than a chart can show. */
function round(value: number): number {
  return Number(value.toPrecision(4));
}

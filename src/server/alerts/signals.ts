import { FAILED, samplesOf, sumOf, type MetricSample, type Snapshot } from '../metrics/index.js';

/** The values that alerts watch: see the config's `alerts`. */
export interface AlertSignals {
  readonly budget_share: number;
  readonly error_rate: number;
  readonly breakers_open: number;
  readonly backlog_seconds: number;
  readonly backlog_events: number;
  readonly disk_share: number;
}

const WINDOW_MS = 60_000;
const EVENTS = 'colloquium_events_processed_total';

interface Count {
  readonly at: number;
  readonly ended: number;
  readonly failed: number;
}

/**
 * Reads the signals from the metrics.
 *
 * @returns a function to call every few seconds. `now`: milliseconds of a clock that never jumps
 */
export function signalReader(): (snapshot: Snapshot, now: number) => AlertSignals {
  /** The counts of the last minute, plus one from before it: one count per call. */
  let counts: readonly Count[] = [];

  return (snapshot, now) => {
    const count = {
      at: now,
      ended: sumOf(snapshot, EVENTS),
      failed: sumOf(snapshot, EVENTS, { outcome: FAILED }),
    };
    const [oldest = { at: now, ended: 0, failed: 0 }] = counts;
    const before = counts.findLast(({ at }) => at <= now - WINDOW_MS) ?? oldest;
    counts = counts.length === 0 ? [oldest, count] : [...counts.filter(({ at }) => at >= before.at), count];
    return {
      budget_share: budgetShare(snapshot),
      error_rate: share(count.failed - before.failed, count.ended - before.ended),
      breakers_open: sumOf(snapshot, 'colloquium_ai_breaker_state', { state: ['open', 'down'] }),
      backlog_seconds: largest(samplesOf(snapshot, 'colloquium_pipeline_lag_seconds')),
      backlog_events: largest(samplesOf(snapshot, 'colloquium_pipeline_backlog_events')),
      disk_share: diskShare(snapshot),
    };
  };
}

function budgetShare(snapshot: Snapshot): number {
  const shares = samplesOf(snapshot, 'colloquium_ai_budget_limit_usd').map(({ labels, value: limit }) => {
    const { pipeline = '' } = labels;
    const taken =
      sumOf(snapshot, 'colloquium_ai_budget_spent_usd', { pipeline }) +
      sumOf(snapshot, 'colloquium_ai_budget_reserved_usd', { pipeline });
    return limit === 0 ? 0 : taken / limit;
  });
  return Math.max(0, ...shares);
}

function diskShare(snapshot: Snapshot): number {
  const size = sumOf(snapshot, 'colloquium_log_disk_size_bytes');
  return share(size - sumOf(snapshot, 'colloquium_log_disk_free_bytes'), size);
}

function share(part: number, whole: number): number {
  return whole > 0 ? Math.max(0, part) / whole : 0;
}

function largest(samples: readonly MetricSample[]): number {
  return Math.max(0, ...samples.map(({ value }) => value));
}

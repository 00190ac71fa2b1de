import { samplesOf, sumOf, type Snapshot } from './snapshot.js';

/** The answer of `GET /metrics.json`: a few totals over all pipelines since the start. */
export interface MetricsSummary {
  readonly events_processed: number;
  readonly events_failed: number;
  readonly active_connections: number;
  /** The time that an event spends in its stages. */
  readonly average_processing_time_ms: number;
  /** The share of finished events that failed: 0 to 1. */
  readonly error_rate: number;
}

const EVENTS = 'colloquium_events_processed_total';
const DURATION = 'colloquium_event_duration_seconds';

/** The outcomes that count as failures. */
export const FAILED = ['skipped', 'dead_lettered'] as const;

export function summaryOf(snapshot: Snapshot): MetricsSummary {
  const ended = sumOf(snapshot, EVENTS);
  const failed = sumOf(snapshot, EVENTS, { outcome: FAILED });
  return {
    events_processed: ended - failed,
    events_failed: failed,
    active_connections: sumOf(snapshot, 'colloquium_http_connections'),
    average_processing_time_ms: meanSeconds(snapshot) * 1000,
    error_rate: ended === 0 ? 0 : failed / ended,
  };
}

/** Not all events are timed, so each pipeline's mean is weighted by its number of events. */
function meanSeconds(snapshot: Snapshot): number {
  let events = 0;
  let seconds = 0;
  for (const { labels, value: timed } of samplesOf(snapshot, `${DURATION}_count`)) {
    if (timed === 0) continue;
    const had = sumOf(snapshot, EVENTS, labels);
    events += had;
    seconds += (sumOf(snapshot, `${DURATION}_sum`, labels) / timed) * had;
  }
  return events === 0 ? 0 : seconds / events;
}

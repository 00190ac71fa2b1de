/** Numbers of one moment: rates per second since the point before, and how long the events of the last minute took. */
export type HistoryPoint = readonly [
  /** Milliseconds since the epoch. */
  at: number,
  stored: number,
  processed: number,
  failed: number,
  /** Seconds; null if there were no events. */
  p50: number | null,
  p95: number | null,
  p99: number | null,
];

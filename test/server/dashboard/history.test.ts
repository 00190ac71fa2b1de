import { describe, expect, it } from 'vitest';
import { History } from '../../../src/server/dashboard/history.js';
import type { Snapshot } from '../../../src/server/metrics/index.js';

const START = 1_800_000_000_000;

const snapshot = (stored: number, processed: number, failed: number, p95?: number): Snapshot => [
  { name: 'colloquium_events_stored_total', labels: {}, value: stored },
  { name: 'colloquium_events_processed_total', labels: { outcome: 'output' }, value: processed - failed },
  { name: 'colloquium_events_processed_total', labels: { outcome: 'dead_lettered' }, value: failed },
  ...(p95 === undefined
    ? []
    : [
        { name: 'colloquium_event_delivery_recent_seconds', labels: { percentile: 'p95', pipeline: 'a' }, value: 99 },
        { name: 'colloquium_event_delivery_recent_seconds', labels: { percentile: 'p95' }, value: p95 },
      ]),
];

describe('the history of the dashboard', () => {
  it('has rates and latencies, a point every five seconds', () => {
    const history = new History();
    expect(history.add(snapshot(10, 10, 0), START, 0)).toBeUndefined();
    expect(history.add(snapshot(20, 15, 1), START + 1000, 1000)).toBeUndefined();
    const point = history.add(snapshot(60, 35, 5, 0.25), START + 5000, 5000);
    expect(point).toEqual([START + 5000, 10, 5, 1, null, 0.25, null]);
    expect(history.points).toEqual([point]);
  });

  it('is an hour long, however long the daemon runs', () => {
    const history = new History();
    for (let n = 0; n < 2000; n++) history.add(snapshot(n, n, 0), START + n * 5000, n * 5000);
    const [first = []] = history.points;
    expect(history.points).toHaveLength(720);
    expect(START + 1999 * 5000 - (first[0] ?? 0)).toBe(719 * 5000);
  });

  it('begins anew when the clock of the machine is set back', () => {
    const history = new History();
    for (let n = 0; n < 5; n++) history.add(snapshot(n, n, 0), START + n * 5000, n * 5000);
    const point = history.add(snapshot(9, 9, 0), START - 3_600_000, 25_000);
    expect(history.points).toEqual([point]);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RecentDurations } from '../../../src/server/metrics/recent-durations.js';

const MINUTE_MS = 60_000;

/** The smallest value that is at least as large as this share of all. */
function exact(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.ceil(share * sorted.length) - 1] ?? NaN;
}

describe('percentiles of recent durations', () => {
  it('are right within 2 %, whatever the durations', () => {
    const durations = fc.array(fc.double({ min: 1e-4, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 300 });
    fc.assert(
      fc.property(durations, (values) => {
        const recent = new RecentDurations(() => 0);
        for (const value of values) recent.observe('a', value);
        const found = recent.percentiles('a');
        for (const [name, share] of [
          ['p50', 0.5],
          ['p95', 0.95],
          ['p99', 0.99],
        ] as const) {
          const right = exact(values, share);
          expect(Math.abs((found?.[name] ?? NaN) - right) / right).toBeLessThanOrEqual(0.0201);
        }
      }),
      { seed: 7 },
    );
  });

  it('are of one name or of all, and none where there were none', () => {
    const recent = new RecentDurations(() => 0);
    expect(recent.percentiles()).toBeUndefined();
    for (let n = 0; n < 99; n++) recent.observe('a', 1);
    recent.observe('b', 100);
    expect(recent.percentiles('a')?.p99).toBeCloseTo(1, 1);
    expect(recent.percentiles()?.p95).toBeCloseTo(1, 1);
    expect(recent.percentiles('b')?.p50).toBeGreaterThan(97);
    expect(recent.percentiles('c')).toBeUndefined();
    recent.keep((name) => name === 'a');
    expect(recent.percentiles('b')).toBeUndefined();
  });

  it('are of the last minute, also where nothing comes any more', () => {
    let now = 0;
    const recent = new RecentDurations(() => now);
    recent.observe('a', 1000);
    now += MINUTE_MS / 2;
    recent.observe('a', 1);
    expect(recent.percentiles('a')?.p99).toBeGreaterThan(900);
    now += MINUTE_MS / 2;
    expect(recent.percentiles('a')?.p99).toBeLessThan(2);
    now += MINUTE_MS;
    expect(recent.percentiles('a')).toBeUndefined();
  });

  it.each([0, -1, 1e-9, NaN, Infinity])('take %f, too', (seconds) => {
    const recent = new RecentDurations(() => 0);
    recent.observe('a', seconds);
    expect(recent.percentiles('a')?.p50).toBeGreaterThanOrEqual(0);
  });
});

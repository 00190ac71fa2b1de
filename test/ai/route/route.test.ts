import { describe, expect, it } from 'vitest';
import { createLatencyMeter, inOrder } from '../../../src/ai/route/index.js';

const candidates = [
  { name: 'a', likelyCost: 5n, latencyMs: 300 },
  { name: 'b', likelyCost: undefined, latencyMs: undefined },
  { name: 'c', likelyCost: 3n, latencyMs: 100 },
  { name: 'd', likelyCost: 3n, latencyMs: 400 },
];

describe('a route', () => {
  it.each([
    ['ordered', 'abcd'],
    ['cheapest', 'cdab'],
    ['fastest', 'bcad'],
  ] as const)('that is %s tries %s', (route, order) => {
    expect(
      inOrder(candidates, route)
        .map(({ name }) => name)
        .join(''),
    ).toBe(order);
  });
});

describe('a mean of latencies', () => {
  it('follows what was measured lately, and is forgotten when nothing is', () => {
    const meter = createLatencyMeter();
    expect(meter.mean(0)).toBeUndefined();
    meter.add(100, 0);
    meter.add(200, 0);
    expect(meter.mean(0)).toBe(150);
    meter.add(1000, 120_000);
    expect(meter.mean(120_000)).toBeGreaterThan(700);
    expect(meter.mean(3_600_000)).toBeUndefined();
  });
});

import { describe, expect, it } from 'vitest';
import { LineClock } from '../../../src/pipeline/threads/line-clock.js';

describe('the clock of a line', () => {
  it('adds up the time between looks at the same line', () => {
    const clock = new LineClock(100);
    clock.observe({ request: 1, line: 7, made: 0 }, 1000);
    expect(clock.ms).toBe(0);
    clock.observe({ request: 1, line: 7, made: 0 }, 1060);
    clock.observe({ request: 1, line: 7, made: 0 }, 1100);
    expect(clock.ms).toBe(100);
  });

  it.each([
    { request: 1, line: 8, made: 0 },
    { request: 1, line: 7, made: 1 },
    { request: 2, line: 7, made: 0 },
    undefined,
  ])('begins anew at %j', (place) => {
    const clock = new LineClock(100);
    clock.observe({ request: 1, line: 7, made: 0 }, 1000);
    clock.observe({ request: 1, line: 7, made: 0 }, 1100);
    clock.observe(place, 1200);
    expect(clock.ms).toBe(0);
    clock.observe(place, 1250);
    expect(clock.ms).toBe(place === undefined ? 0 : 50);
  });

  it('counts no more than a step where nobody looked for long: the process was stopped', () => {
    const clock = new LineClock(100);
    clock.observe({ request: 1, line: 7, made: 0 }, 1000);
    clock.observe({ request: 1, line: 7, made: 0 }, 1_000_000);
    expect(clock.ms).toBe(100);
  });
});

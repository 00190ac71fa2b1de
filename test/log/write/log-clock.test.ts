import { describe, expect, it } from 'vitest';
import { ID_COUNTER_RANGE } from '../../../src/event/index.js';
import { LogClock } from '../../../src/log/write/log-clock.js';

describe("the log's clock", () => {
  it('is past the last record, and then goes with the clock when that goes forward', () => {
    const world = { now: 1000.7 };
    const clock = new LogClock(() => world.now, 5000);
    expect(clock.tick()).toBe(5001);
    world.now = 5001.9;
    expect(clock.tick()).toBe(5001);
    world.now = 6000.5;
    expect(clock.tick()).toBe(6000);
    world.now = 0;
    expect(clock.tick()).toBe(6000);
  });

  it('gives ids that sort, within a millisecond too', () => {
    const world = { now: 1000 };
    const clock = new LogClock(() => world.now, -1);
    const ids: string[] = [];
    for (let i = 0; i < 3000; i++) {
      world.now += i % 500 === 0 ? 1 : -1;
      clock.tick();
      ids.push(clock.nextId());
    }
    expect(ids.toSorted()).toEqual(ids);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('continues by itself when a millisecond has no more ids', () => {
    const clock = new LogClock(() => 1000, 999, ID_COUNTER_RANGE - 1);
    expect(clock.tick()).toBe(1000);
    const last = clock.nextId();
    expect(clock.tick()).toBe(1001);
    expect(clock.nextId() > last).toBe(true);
  });
});

import { describe, expect, it } from 'vitest';
import { reconnectDelay } from '../../src/nats/reconnect-delay.js';

describe('the delay before a server is tried again', () => {
  it('grows with the attempts up to five seconds, however often it is asked for, and starts over after a success', () => {
    const delay = reconnectDelay(() => 1);
    const seen: number[] = [];
    for (let attempt = 0; attempt < 8; attempt++) {
      delay.tried();
      expect(delay.ms()).toBe(delay.ms());
      seen.push(delay.ms());
    }
    expect(seen).toEqual([100, 200, 400, 800, 1600, 3200, 5000, 5000]);
    delay.succeeded();
    delay.tried();
    expect(delay.ms()).toBe(100);
  });
});

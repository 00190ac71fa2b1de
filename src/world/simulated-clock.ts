import { AsyncResource } from 'node:async_hooks';
import { sleep, type Clock } from './clock.js';

/** How many turns of the event loop pass before nothing else is to be done: work that is ready comes before the next timer. */
const TURNS = 2;

export interface SimulatedClock extends Clock {
  /** Forgets all timers: nothing happens any more. */
  stop(): void;
}

interface Timer {
  readonly at: number;
  readonly then: () => void;
}

/**
 * A clock on which waits take no time: it stands still while there is work, and then goes to the next timer. Timers of one moment
 * fire in the order in which they were set.
 *
 * @param startMs milliseconds since the epoch
 * @param limitMs how far it goes, in milliseconds
 * @param onLimit called once, instead of the first timer behind the limit
 */
export function simulatedClock(startMs: number, limitMs: number, onLimit: () => void): SimulatedClock {
  const timers: Timer[] = [];
  let now = startMs;
  let isUnderWay = false;
  let isStopped = false;

  const settle = (turns: number): void => {
    setImmediate(() => (turns > 1 ? settle(turns - 1) : fireNext()));
  };
  const advance = (): void => {
    if (isUnderWay || isStopped || timers.length === 0) return;
    isUnderWay = true;
    settle(TURNS);
  };
  const fireNext = (): void => {
    isUnderWay = false;
    const next = timers.shift();
    if (next === undefined || isStopped) return;
    if (next.at > startMs + limitMs) {
      isStopped = true;
      onLimit();
      return;
    }
    now = Math.max(now, next.at);
    next.then();
    advance();
  };

  const after = (delayMs: number, then: () => void): (() => void) => {
    // As with a real timer, it belongs to what set it.
    const timer = { at: now + Math.max(0, delayMs), then: AsyncResource.bind(then) };
    const place = timers.findIndex(({ at }) => at > timer.at);
    timers.splice(place === -1 ? timers.length : place, 0, timer);
    advance();
    return () => {
      const index = timers.indexOf(timer);
      if (index !== -1) timers.splice(index, 1);
    };
  };

  return {
    now: () => Math.floor(now),
    elapsed: () => now - startMs,
    after,
    async wait(ms, signal) {
      await sleep({ after }, ms, signal);
    },
    stop() {
      isStopped = true;
      timers.length = 0;
    },
  };
}

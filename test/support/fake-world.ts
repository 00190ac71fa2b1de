import type { AiWorld } from '../../src/ai/ai-world.js';

/** Milliseconds, more or less, that real input and output may take. */
const IDLE_MAX = 120_000;

interface Timer {
  readonly at: number;
  readonly order: number;
  readonly then: () => void;
}

/** A world whose time stands still until it is told to pass. */
export interface FakeWorld extends AiWorld {
  /** Sets the clock back; timers stay as they are. */
  setBack(ms: number): void;
  /** Lets this much time pass: timers fire at their moments, in order, and everything that they cause is awaited. */
  pass(ms: number): Promise<void>;
  /**
   * Lets time pass from timer to timer until `promise` settles. Fails when nothing is left that could make it.
   *
   * @param isBusy whether something real is under way, for which time stands still. Default: it takes as long as it may
   */
  until<T>(promise: Promise<T>, isBusy?: () => boolean): Promise<T>;
}

export function createFakeWorld(startedAt = Date.UTC(2026, 0, 5, 12), random: () => number = () => 0.5): FakeWorld {
  let now = startedAt;
  let back = 0;
  let order = 0;
  const timers = new Set<Timer>();

  const next = (): Timer | undefined => [...timers].sort((a, b) => a.at - b.at || a.order - b.order)[0];

  const settle = async (): Promise<void> => {
    // Promise chains of any depth run before the next macrotask.
    await new Promise((resolve) => setImmediate(resolve));
  };

  const fire = async (timer: Timer): Promise<void> => {
    timers.delete(timer);
    now = Math.max(now, timer.at);
    timer.then();
    await settle();
  };

  return {
    now: () => now - back,
    elapsed: () => now,
    setBack(ms) {
      back += ms;
    },
    after(delayMs, then) {
      const timer: Timer = { at: now + Math.max(0, delayMs), order: order++, then };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    random,
    async pass(ms) {
      const end = now + ms;
      await settle();
      for (let timer = next(); timer !== undefined && timer.at <= end; timer = next()) await fire(timer);
      now = end;
    },
    async until(promise, isBusy = () => false) {
      const watch = { settled: false };
      const watched = promise.finally(() => (watch.settled = true));
      watched.catch(() => undefined);
      // Real I/O (a store on disk) may be what the promise waits for: give it a while before giving up.
      for (let idle = 0; idle < IDLE_MAX; idle++) {
        await settle();
        if (watch.settled) return watched;
        const timer = isBusy() ? undefined : next();
        if (timer === undefined) {
          await new Promise((resolve) => setTimeout(resolve, 1));
        } else {
          idle = 0;
          await fire(timer);
        }
      }
      throw new Error('nothing is left that could settle this promise');
    },
  };
}

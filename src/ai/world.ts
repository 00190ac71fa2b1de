/** What the floor takes from outside, so that tests can hand in their own. */
export interface World {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Calls `then` once after `delayMs`; the returned function cancels it. */
  after(delayMs: number, then: () => void): () => void;
  /** Uniform in [0, 1). */
  random(): number;
}

/** setTimeout fires at once for anything longer: 2^31 − 1 ms, about 24 days. */
const TIMEOUT_MS_MAX = 2 ** 31 - 1;

/** The real clock, timers and randomness. Its timers may be longer than a `setTimeout` can be. */
export const realWorld: World = {
  now: () => Date.now(),
  after(delayMs, then) {
    let timer: NodeJS.Timeout;
    const arm = (leftMs: number): void => {
      const stepMs = Math.min(leftMs, TIMEOUT_MS_MAX);
      timer = setTimeout(() => (leftMs > stepMs ? arm(leftMs - stepMs) : then()), stepMs);
    };
    arm(Math.max(0, delayMs));
    return () => clearTimeout(timer);
  },
  random: () => Math.random(),
};

/**
 * Waits.
 *
 * @returns false if `signal` was aborted first, at once if it already was
 */
export function sleep(world: World, delayMs: number, signal?: AbortSignal): Promise<boolean> {
  if (signal?.aborted === true) return Promise.resolve(false);
  return new Promise((resolve) => {
    const aborted = (): void => {
      cancel();
      resolve(false);
    };
    const cancel = world.after(delayMs, () => {
      signal?.removeEventListener('abort', aborted);
      resolve(true);
    });
    signal?.addEventListener('abort', aborted, { once: true });
  });
}

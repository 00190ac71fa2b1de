import { onAbort } from './on-abort.js';

/** Time, passed in so that tests can control it. All durations are in milliseconds. */
export interface Clock {
  /** Milliseconds since the epoch, an integer. May jump. */
  now(): number;
  /** Milliseconds since a fixed moment. Never jumps. */
  elapsed(): number;
  /** Calls `then` once after `delayMs`, of any length; the returned function cancels it. */
  after(delayMs: number, then: () => void): () => void;
  /** Resolves after `ms` milliseconds, or at once if the signal is aborted. */
  wait(ms: number, signal?: AbortSignal): Promise<void>;
}

/** setTimeout fires at once for any longer delay: 2^31 − 1 ms, about 24 days. */
const TIMEOUT_MS_MAX = 2 ** 31 - 1;

function after(delayMs: number, then: () => void): () => void {
  let timer: NodeJS.Timeout;
  const arm = (leftMs: number): void => {
    const stepMs = Math.min(leftMs, TIMEOUT_MS_MAX);
    timer = setTimeout(() => (leftMs > stepMs ? arm(leftMs - stepMs) : then()), stepMs);
  };
  arm(Math.max(0, delayMs));
  return () => clearTimeout(timer);
}

/** The real clock. */
export const realClock: Clock = {
  now: () => Date.now(),
  // `performance` would have to be loaded first.
  elapsed() {
    const [seconds, nanoseconds] = process.hrtime();
    return seconds * 1000 + nanoseconds / 1e6;
  },
  after,
  async wait(ms, signal) {
    await sleep({ after }, ms, signal);
  },
};

/**
 * Waits for `delayMs` milliseconds.
 *
 * @returns false if `signal` is aborted first; at once if it is already aborted
 */
export function sleep(clock: Pick<Clock, 'after'>, delayMs: number, signal?: AbortSignal): Promise<boolean> {
  if (signal?.aborted === true) return Promise.resolve(false);
  return new Promise((resolve) => {
    const aborted = (): void => {
      cancel();
      resolve(false);
    };
    const cancel = clock.after(delayMs, () => {
      leave();
      resolve(true);
    });
    const leave = onAbort(signal, aborted);
  });
}

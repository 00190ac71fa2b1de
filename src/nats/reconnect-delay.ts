const DELAY_MIN_MS = 100;
const DELAY_MAX_MS = 5000;
const DOUBLINGS_MAX = 10;

/** The delay between two attempts to reach an unreachable server: it grows. */
export interface ReconnectDelay {
  /** Milliseconds from the last attempt to the next. The client asks more than once for each. */
  ms(): number;
  /** Call this for each attempt. */
  tried(): void;
  /** Call this when an attempt succeeds: the next outage starts over. */
  succeeded(): void;
}

/** Each client waits for a different time, so that a returning server does not get all of its clients at once. */
export function reconnectDelay(random: () => number = Math.random): ReconnectDelay {
  let attempts = 0;
  let ms = DELAY_MIN_MS;
  return {
    ms: () => ms,
    tried() {
      ms = Math.min(DELAY_MAX_MS, DELAY_MIN_MS * 2 ** Math.min(DOUBLINGS_MAX, attempts++)) * (0.5 + random() / 2);
    },
    succeeded() {
      attempts = 0;
      ms = DELAY_MIN_MS;
    },
  };
}

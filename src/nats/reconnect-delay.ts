const DELAY_MIN_MS = 100;
const DELAY_MAX_MS = 5000;
const DOUBLINGS_MAX = 10;

/** The growing delay between attempts to reach an unreachable server. */
export interface ReconnectDelay {
  /** Milliseconds from the last attempt to the next. The client asks more than once per attempt. */
  ms(): number;
  /** Call this for each attempt. */
  tried(): void;
  /** Call this when an attempt succeeds, so that the next outage starts over. */
  succeeded(): void;
}

/** Each client waits for a different time, so that a server that comes back does not get all of its clients at once. */
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

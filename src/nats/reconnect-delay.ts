const DELAY_MIN_MS = 100;
const DELAY_MAX_MS = 5000;
const DOUBLINGS_MAX = 10;

/** How long to wait between two attempts to reach a server that is away: longer and longer. */
export interface ReconnectDelay {
  /** Milliseconds from the last attempt to the next. The client asks more than once for each. */
  ms(): number;
  /** An attempt was made. */
  tried(): void;
  /** It succeeded: the next absence begins anew. */
  succeeded(): void;
}

/** Each waits for a time of its own: a server that comes back is not run over by all of its clients at once. */
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

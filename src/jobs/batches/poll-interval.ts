/** The interval between two checks: a fraction of the time waited so far, within bounds. Milliseconds. */
const POLLS_PER_WAIT = 20;
const POLL_MS_MIN = 250;
const POLL_MS_MAX = 60_000;

/** Returns how long to wait until the next poll of a batch, in milliseconds. @param waitedMs how long it has been waited for */
export function pollInterval(waitedMs: number): number {
  return Math.min(POLL_MS_MAX, Math.max(POLL_MS_MIN, waitedMs / POLLS_PER_WAIT));
}

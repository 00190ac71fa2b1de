/** The interval between two checks: a fraction of the time waited so far, within bounds. Milliseconds. */
const LOOKS_PER_WAIT = 20;
const LOOK_MS_MIN = 250;
const LOOK_MS_MAX = 60_000;

/** Returns how long to wait until the next look at a batch, in milliseconds. @param waitedMs how long it has been waited for */
export function lookInterval(waitedMs: number): number {
  return Math.min(LOOK_MS_MAX, Math.max(LOOK_MS_MIN, waitedMs / LOOKS_PER_WAIT));
}

/**
 * How long to wait before the nth retry (from 0): a random time below an exponentially growing bound. Full jitter spreads callers
 * that failed together (Brooker, "Exponential Backoff And Jitter", 2015).
 */
export function backoffMs(
  retry: number,
  { baseDelayMs, delayMsMax }: { readonly baseDelayMs: number; readonly delayMsMax: number },
  random: () => number,
): number {
  return Math.floor(random() * Math.min(delayMsMax, baseDelayMs * 2 ** Math.min(retry, 30)));
}

/** The shortest pause after being told to wait: a server that names no time, or almost none, would be flooded. */
const PAUSE_MS_MIN = 100;

/**
 * How long to send nothing to a provider that said "too many requests", in milliseconds. The first time, the wait that it names
 * is obeyed; from the second time on, that wait has proved too short, and the pause grows as if none were named.
 *
 * @param namedMs undefined if it named no time
 * @param times how often in a row it said so, from 1
 * @param random in [0, 1)
 */
export function pauseMs(
  namedMs: number | undefined,
  times: number,
  delays: { readonly baseDelayMs: number; readonly delayMsMax: number },
  random: number,
): number {
  // At least half of the bound: callers that were refused together are spread out, and none retries at once.
  const ownMs = namedMs !== undefined && times === 1 ? 0 : (boundMs(times - 1, delays) * (1 + random)) / 2;
  return Math.max(PAUSE_MS_MIN, namedMs ?? 0, Math.floor(ownMs));
}

/**
 * How long to wait before the nth retry (from 0): a random time below an exponentially growing bound. Full jitter spreads callers
 * that failed together (Brooker, "Exponential Backoff And Jitter", 2015).
 */
export function backoffMs(
  retry: number,
  delays: { readonly baseDelayMs: number; readonly delayMsMax: number },
  random: () => number,
): number {
  return Math.floor(random() * boundMs(retry, delays));
}

function boundMs(
  retry: number,
  { baseDelayMs, delayMsMax }: { readonly baseDelayMs: number; readonly delayMsMax: number },
): number {
  return Math.min(delayMsMax, baseDelayMs * 2 ** Math.min(retry, 30));
}

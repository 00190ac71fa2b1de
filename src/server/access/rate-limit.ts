/** The share of a minute's requests that may come at once, in milliseconds. */
const BURST_MS = 10_000;

/** Callers remembered in each of two generations; the count of a forgotten caller starts over. */
const CALLERS_MAX = 10_000;

/**
 * Limits each caller to a number of requests per minute, evenly except for bursts. It stores one number per caller: the moment by
 * which its requests so far would have come at an even rate (the generic cell rate algorithm).
 */
export class RateLimiter {
  #recent = new Map<string, number>();
  #older = new Map<string, number>();

  /** @param elapsed milliseconds of a clock that never jumps */
  constructor(private readonly elapsed: () => number) {}

  /**
   * Counts a request if it is within the limit.
   *
   * @returns 0 if it is; otherwise, milliseconds until the next request is allowed
   */
  take(caller: string, perMinute: number): number {
    const now = this.elapsed();
    const stepMs = 60_000 / perMinute;
    const due = Math.max(now, this.#recent.get(caller) ?? this.#older.get(caller) ?? 0);
    const waitMs = due - now - Math.max(0, BURST_MS - stepMs);
    // Sums of fractions are not exact.
    if (waitMs > 1e-6) return waitMs;
    this.#recent.set(caller, due + stepMs);
    if (this.#recent.size >= CALLERS_MAX) {
      this.#older = this.#recent;
      this.#recent = new Map();
    }
    return 0;
  }
}

/** The network that stands for an address's owner: an IPv6 customer has 2^64 addresses. */
export function networkOf(address: string): string {
  if (!address.includes(':')) return address;
  if (address.includes('.')) return address.slice(address.lastIndexOf(':') + 1);
  const [left = '', right] = address.replace(/%.*/, '').split('::', 2);
  const groups = left === '' ? [] : left.split(':');
  const rest = right === undefined || right === '' ? [] : right.split(':');
  const gap = right === undefined ? 0 : 8 - groups.length - rest.length;
  const all = [...groups, ...new Array<string>(gap).fill('0'), ...rest];
  return `${all.slice(0, 4).join(':')}::/64`;
}

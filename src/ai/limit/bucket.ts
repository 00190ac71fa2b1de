const MS_PER_MINUTE = 60_000;

/**
 * A token bucket that refills continuously at a limit per minute and holds one second's worth.
 *
 * A demand larger than what the bucket can hold waits for a full bucket and then overdraws it: the debt is paid off before
 * anything else is admitted. Within any minute the bucket so gives out at most the limit plus one burst, a burst being
 * one second's worth or the largest single demand.
 *
 * Levels are kept in units of 1/60,000 token, in which a millisecond's refill of any integer limit is an integer: nothing
 * is lost to rounding.
 */
export interface Bucket {
  /** Per minute. */
  readonly limit: number;
  /** Milliseconds from `now` until a demand of `count` is admitted; 0: at once. */
  waitMs(count: number, now: number): number;
  /** Takes what {@link waitMs} said is there; may leave a debt. */
  take(count: number, now: number): void;
  /**
   * Puts back what was taken and not used; a negative count takes what was used beyond. The bucket may stand above its
   * brim until {@link skim}: those who waited while too much was reserved come first.
   */
  give(count: number, now: number): void;
  /** Drops what stands above the brim. */
  skim(): void;
  /** Changes the limit from `now` on. */
  setLimit(perMinute: number, now: number): void;
  /** The other side says that no more than `count` are left: believed when it is less than we thought. */
  lowerTo(count: number, now: number): void;
}

/**
 * @param perMinute at least 1
 * @param leastBurst the bucket holds at least this many, however low the limit: 1 for requests
 */
export function createBucket(perMinute: number, leastBurst: number, startedAt: number): Bucket {
  let limit = perMinute;
  let capacity = capacityOf(limit, leastBurst);
  let level = capacity;
  let filledAt = startedAt;

  const refill = (now: number): void => {
    // A clock that is set back must neither drain the bucket nor fill it twice.
    level = Math.max(level, Math.min(capacity, level + limit * Math.max(0, now - filledAt)));
    filledAt = Math.max(filledAt, now);
  };

  return {
    get limit() {
      return limit;
    },
    waitMs(count, now) {
      refill(now);
      const needed = Math.min(count * MS_PER_MINUTE, capacity);
      return level >= needed ? 0 : Math.ceil((needed - level) / limit);
    },
    take(count, now) {
      refill(now);
      level -= count * MS_PER_MINUTE;
    },
    give(count, now) {
      refill(now);
      level += count * MS_PER_MINUTE;
    },
    skim() {
      level = Math.min(level, capacity);
    },
    setLimit(newLimit, now) {
      refill(now);
      limit = newLimit;
      capacity = capacityOf(limit, leastBurst);
      level = Math.min(level, capacity);
    },
    lowerTo(count, now) {
      refill(now);
      level = Math.min(level, count * MS_PER_MINUTE);
    },
  };
}

function capacityOf(perMinute: number, leastBurst: number): number {
  return Math.max((perMinute * MS_PER_MINUTE) / 60, leastBurst * MS_PER_MINUTE);
}

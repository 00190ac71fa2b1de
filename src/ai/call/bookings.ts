/** More are not written at a time: calls that come then wait. */
const UNDER_WAY_MAX = 64;

/**
 * What is still written down of calls that have been answered: how their attempts ended, and what they cost. Their callers do not
 * wait for it.
 */
export interface Bookings {
  add(booking: Promise<void>): void;
  /**
   * Resolves when there is room for one more call.
   *
   * @throws what a booking failed with: nothing may be sent when it can't be written down
   */
  room(): Promise<void>;
  /** Resolves when none of those that there are now is under way. */
  idle(): Promise<void>;
  /** @throws what a booking failed with */
  check(): void;
}

export function createBookings(): Bookings {
  const underWay = new Set<Promise<void>>();
  let failure: { readonly error: unknown } | undefined;

  const check = (): void => {
    if (failure !== undefined) throw failure.error;
  };

  return {
    add(booking) {
      const watched = booking
        .catch((error: unknown) => {
          failure ??= { error };
        })
        .finally(() => underWay.delete(watched));
      underWay.add(watched);
    },
    async room() {
      while (underWay.size >= UNDER_WAY_MAX) await Promise.race(underWay);
      check();
    },
    async idle() {
      await Promise.all(underWay);
    },
    check,
  };
}

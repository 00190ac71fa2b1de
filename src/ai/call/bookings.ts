/** The most bookings at a time: further calls wait. */
const UNDER_WAY_MAX = 64;

/** Pending records of answered calls: how their attempts ended, and what they cost. Their callers do not wait for these writes. */
export interface Bookings {
  add(booking: Promise<void>): void;
  /**
   * Resolves when there is room for one more call.
   *
   * @throws the error of a failed booking: nothing may be sent when it can't be recorded
   */
  room(): Promise<void>;
  /** Resolves when all present bookings are done. */
  idle(): Promise<void>;
  /** @throws the error of a failed booking */
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

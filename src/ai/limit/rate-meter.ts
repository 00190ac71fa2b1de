const SLOTS = 60;
const SLOT_MS = 1000;

/** Counts what happened: in all, and in the last minute, in sixty slots of a second. */
export interface RateMeter {
  readonly total: number;
  add(count: number, now: number): void;
  perMinute(now: number): number;
}

export function createRateMeter(): RateMeter {
  const counts = new Array<number>(SLOTS).fill(0);
  let newest = 0;
  let total = 0;

  const forward = (now: number): void => {
    const slot = Math.floor(now / SLOT_MS);
    for (let s = Math.max(newest + 1, slot - SLOTS + 1); s <= slot; s++) counts[s % SLOTS] = 0;
    newest = Math.max(newest, slot);
  };

  return {
    get total() {
      return total;
    },
    add(count, now) {
      forward(now);
      total += count;
      counts[newest % SLOTS] = (counts[newest % SLOTS] ?? 0) + count;
    },
    perMinute(now) {
      forward(now);
      return counts.reduce((sum, count) => sum + count, 0);
    },
  };
}

const MS_PER_MINUTE = 60_000;

/**
 * A token bucket that refills continuously at a limit per minute and holds one second's worth, as plain data: several
 * processes can share it.
 *
 * Each draw returns when the drawn amount may be used, and leaves the bucket as it will be then: draws are
 * served in order, and no queue is needed. A demand larger than the bucket waits for a full one and overdraws it: the
 * debt is paid off before the next draw. Within any minute the bucket thus gives out at most the limit plus one
 * burst, which is one second's worth or the largest single demand.
 */
export interface BucketState {
  /** In units of 1/60,000 token, in which a millisecond's refill of any integer limit is an integer. Negative: in debt. */
  readonly level: number;
  /** When the bucket has that level, milliseconds since the epoch: in the future, if the last drawn amount may not be used before then. */
  readonly filledAt: number;
}

export interface BucketSize {
  readonly perMinute: number;
  /** Its minimum capacity, however low the limit: 1 for requests. */
  readonly burstMin: number;
}

/** A draw further ahead means that a clock was set wrong, and the wait would be endless. */
const AHEAD_MS_MAX = 600_000;

/** The bucket at `time`. @param state undefined: a new, full one */
export function filled(state: BucketState | undefined, size: BucketSize, time: number): BucketState {
  const brim = brimOf(size);
  if (state === undefined) return { level: brim, filledAt: time };
  const filledAt = state.filledAt > time + AHEAD_MS_MAX ? time : state.filledAt;
  // A clock that is set back must neither drain the bucket nor fill it twice.
  const passedMs = Math.max(0, time - filledAt);
  return { level: Math.min(brim, state.level + size.perMinute * passedMs), filledAt: Math.max(filledAt, time) };
}

/** When `count` may be drawn from the bucket, milliseconds since the epoch. */
export function readyAt({ level, filledAt }: BucketState, size: BucketSize, count: number): number {
  const needed = Math.min(count * MS_PER_MINUTE, brimOf(size));
  return count <= 0 || level >= needed ? filledAt : filledAt + Math.ceil((needed - level) / size.perMinute);
}

/** Takes `count` at `time`. */
export function drawn(state: BucketState, size: BucketSize, count: number, time: number): BucketState {
  const { level, filledAt } = filled(state, size, time);
  return { level: level - count * MS_PER_MINUTE, filledAt };
}

/**
 * Puts back, at `time`, what was drawn and not used; an excess is lost. A negative count was used beyond what was
 * drawn. Others do not wait for what is put back.
 */
export function returned(state: BucketState, size: BucketSize, count: number, time: number): BucketState {
  const aheadMs = Math.max(0, state.filledAt - time);
  const level = state.level + count * MS_PER_MINUTE - size.perMinute * aheadMs;
  return { level: Math.min(brimOf(size), level), filledAt: state.filledAt - aheadMs };
}

/** Applies the provider's statement that at most `count` are left, if that is less than assumed. */
export function lowered(state: BucketState, count: number): BucketState {
  return { ...state, level: Math.min(state.level, count * MS_PER_MINUTE) };
}

/** The bucket's capacity, in units. */
function brimOf({ perMinute, burstMin }: BucketSize): number {
  return Math.max((perMinute * MS_PER_MINUTE) / 60, burstMin * MS_PER_MINUTE);
}

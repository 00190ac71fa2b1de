const MS_PER_MINUTE = 60_000;

/**
 * A token bucket that refills continuously at a limit per minute and holds one second's worth, as plain data: it can be
 * kept where several processes share it.
 *
 * Whoever draws is told when it may use what it drew, and the bucket is left as it will be then: those who draw first are
 * served first, and no queue has to be kept. A demand larger than the bucket waits for a full one and overdraws it: the
 * debt is paid off before anything else is given out. Within any minute the bucket so gives out at most the limit plus one
 * burst, a burst being one second's worth or the largest single demand.
 */
export interface BucketState {
  /** In units of 1/60,000 token, in which a millisecond's refill of any integer limit is an integer. Negative: in debt. */
  readonly level: number;
  /** When it stands there, milliseconds since the epoch: in the future, when what was drawn last is not to be used before. */
  readonly filledAt: number;
}

export interface BucketSize {
  readonly perMinute: number;
  /** It holds at least this many, however low the limit: 1 for requests. */
  readonly burstMin: number;
}

/** Nobody draws further ahead: some clock was set wrong, and waiting for it would be waiting for ever. */
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
 * Puts back, at `time`, what was drawn and not used; what goes over the brim is lost. A negative count was used beyond what was
 * drawn. Nobody has to wait any more for what is not used.
 */
export function returned(state: BucketState, size: BucketSize, count: number, time: number): BucketState {
  const aheadMs = Math.max(0, state.filledAt - time);
  const level = state.level + count * MS_PER_MINUTE - size.perMinute * aheadMs;
  return { level: Math.min(brimOf(size), level), filledAt: state.filledAt - aheadMs };
}

/** The other side says that no more than `count` are left: believed when it is less than we thought. */
export function lowered(state: BucketState, count: number): BucketState {
  return { ...state, level: Math.min(state.level, count * MS_PER_MINUTE) };
}

/** What the bucket holds at most, in units. */
function brimOf({ perMinute, burstMin }: BucketSize): number {
  return Math.max((perMinute * MS_PER_MINUTE) / 60, burstMin * MS_PER_MINUTE);
}

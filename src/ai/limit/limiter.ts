import type { World } from '../world.js';
import { createBucket, type Bucket } from './bucket.js';
import type { LimitReport, LimitState } from './report.js';

/** Limits per minute; one that is absent does not limit. */
export interface Limits {
  readonly requestsPerMinute?: number | undefined;
  readonly tokensPerMinute?: number | undefined;
}

/** Leave to send one request. Exactly one of its functions is called, once. */
export interface Permit {
  /** The request was sent and used this many tokens. */
  settle(tokensUsed: number): void;
  /** The request was not sent. */
  cancel(): void;
}

export type Admission =
  | { readonly kind: 'granted'; readonly permit: Permit }
  /** The request alone is larger than a whole minute's tokens: it would never be admitted. */
  | { readonly kind: 'too-large'; readonly tokensPerMinute: number }
  | { readonly kind: 'aborted' };

/** Keeps requests within a provider's (or one model's) limits: first come, first served. */
export interface Limiter {
  /**
   * Waits for its turn and for both buckets.
   *
   * @param tokens the most that the request may count for, as the provider counts it: input and the whole output cap
   */
  acquire(tokens: number, signal?: AbortSignal): Promise<Admission>;
  /** Nothing is admitted before `time`, milliseconds since the epoch. */
  pauseUntil(time: number): void;
  /** Believes what an answer said about the limits, where it is stricter than what we thought. */
  correct(report: LimitReport): void;
  status(): LimiterStatus;
}

export interface LimiterStatus {
  readonly waiting: number;
  readonly pausedUntil: number;
  readonly requestsPerMinute?: number;
  readonly tokensPerMinute?: number;
}

interface Waiter {
  readonly tokens: number;
  readonly done: (admission: Admission) => void;
}

export function createLimiter(limits: Limits, world: World): Limiter {
  const startedAt = world.now();
  const bucketOf = (limit: number | undefined, leastBurst: number): Bucket | undefined =>
    limit === undefined ? undefined : createBucket(limit, leastBurst, startedAt);
  let requests = bucketOf(limits.requestsPerMinute, 1);
  let tokens = bucketOf(limits.tokensPerMinute, 0);
  let pausedUntil = 0;
  /** In order of arrival: a Set keeps it, and lets an aborted one go from the middle. */
  const queue = new Set<Waiter>();
  let cancelTimer: (() => void) | undefined;

  const tooLarge = (count: number): Admission | undefined =>
    tokens !== undefined && count > tokens.limit ? { kind: 'too-large', tokensPerMinute: tokens.limit } : undefined;

  const grant = (taken: number, now: number): Permit => {
    requests?.take(1, now);
    tokens?.take(taken, now);
    let open = true;
    const giveBack = (requestCount: number, tokenCount: number): void => {
      if (!open) return;
      open = false;
      const at = world.now();
      if (requestCount > 0) requests?.give(requestCount, at);
      if (tokenCount !== 0) tokens?.give(tokenCount, at);
      admitWaiting();
      requests?.skim();
      tokens?.skim();
    };
    return { settle: (used) => giveBack(0, taken - used), cancel: () => giveBack(1, taken) };
  };

  const waitMs = (count: number, now: number): number =>
    Math.max(pausedUntil - now, requests?.waitMs(1, now) ?? 0, tokens?.waitMs(count, now) ?? 0);

  const admitWaiting = (): void => {
    cancelTimer?.();
    cancelTimer = undefined;
    for (const waiter of queue) {
      const now = world.now();
      const refusal = tooLarge(waiter.tokens);
      const delay = refusal === undefined ? waitMs(waiter.tokens, now) : 0;
      if (delay > 0) {
        cancelTimer = world.after(delay, admitWaiting);
        return;
      }
      queue.delete(waiter);
      waiter.done(refusal ?? { kind: 'granted', permit: grant(waiter.tokens, now) });
    }
  };

  /** The bucket as the provider's own limit says, which is never taken as leave to go beyond ours. */
  const corrected = (bucket: Bucket | undefined, state: LimitState, leastBurst: number): Bucket | undefined => {
    const now = world.now();
    const { limit, remaining } = state;
    let result = bucket;
    if (limit !== undefined && limit > 0) {
      if (result === undefined) result = createBucket(limit, leastBurst, now);
      else if (limit < result.limit) result.setLimit(limit, now);
    }
    if (remaining !== undefined) result?.lowerTo(remaining, now);
    return result;
  };

  return {
    acquire(count, signal) {
      const refusal = signal?.aborted === true ? ({ kind: 'aborted' } as const) : tooLarge(count);
      if (refusal !== undefined) return Promise.resolve(refusal);
      return new Promise((resolve) => {
        const aborted = (): void => {
          queue.delete(waiter);
          resolve({ kind: 'aborted' });
          admitWaiting();
        };
        const waiter: Waiter = {
          tokens: count,
          done(admission) {
            signal?.removeEventListener('abort', aborted);
            resolve(admission);
          },
        };
        signal?.addEventListener('abort', aborted, { once: true });
        queue.add(waiter);
        if (queue.size === 1) admitWaiting();
      });
    },
    pauseUntil(time) {
      pausedUntil = Math.max(pausedUntil, time);
      admitWaiting();
    },
    correct(report) {
      if (report.requests) requests = corrected(requests, report.requests, 1);
      if (report.tokens) tokens = corrected(tokens, report.tokens, 0);
      admitWaiting();
    },
    status: () => ({
      waiting: queue.size,
      pausedUntil,
      ...(requests && { requestsPerMinute: requests.limit }),
      ...(tokens && { tokensPerMinute: tokens.limit }),
    }),
  };
}

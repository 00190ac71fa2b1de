import { onAbort, sleep } from '../../world/index.js';
import type { AiWorld } from '../ai-world.js';
import type { LimitReport, LimitState } from './report.js';
import type { LimitsPerMinute, Quantity, SharedBuckets } from './shared-buckets.js';

/** Permission to send one request. Exactly one of its functions must be called, once. */
export interface Permit {
  /** The request was sent and used this many tokens. */
  settle(tokensUsed: number): void;
  /** The request was not sent. */
  cancel(): void;
}

export type Admission =
  | { readonly kind: 'granted'; readonly permit: Permit }
  /** The request alone is larger than a whole minute's tokens of the configured limit: it would never be admitted. */
  | { readonly kind: 'too-large'; readonly tokensPerMinute: number }
  | { readonly kind: 'aborted' };

/** Keeps requests within a provider's (or one model's) limits: first come, first served. */
export interface Limiter {
  /**
   * Waits for its turn and for both limits.
   *
   * @param tokens the most that the request may count for, as the provider counts it: input and the whole output cap
   * @param requests 0 if it is a part of a request that is counted separately. Default: 1
   * @param mustWait called, perhaps more than once, if it is not admitted at once
   * @throws Error when the buckets can't be read or written
   */
  acquire(tokens: number, signal?: AbortSignal, requests?: 0 | 1, mustWait?: () => void): Promise<Admission>;
  /** Admits nothing before `time`, milliseconds since the epoch. */
  pauseUntil(time: number): void;
  /** Applies the limits in an answer, raising and lowering, as far as they are stricter than the configured ones. */
  correct(report: LimitReport): void;
  status(): LimiterStatus;
  /** Returns what was drawn and not used. No caller may still be waiting. */
  close(): Promise<void>;
}

export interface LimiterStatus {
  readonly waiting: number;
  readonly pausedUntil: number;
  readonly requestsPerMinute?: number;
  readonly tokensPerMinute?: number;
  /** The configured limit; requests that count for more are refused. A limit that a provider names never ends a request. */
  readonly tokensMax?: number;
}

interface Waiter {
  readonly tokens: number;
  readonly requests: 0 | 1;
  readonly mustWait: (() => void) | undefined;
  readonly done: (admission: Admission) => void;
  readonly failed: (error: unknown) => void;
}

const NOTHING: Quantity = { requests: 0, tokens: 0 };
/** How much is drawn at once for waiting callers, as a share of a minute: a draw takes a moment, and drawn tokens are missing elsewhere. */
const SLICES_PER_MINUTE = 240;

/** @param buckets the shared buckets to draw from */
export function createLimiter(configured: LimitsPerMinute, buckets: SharedBuckets, world: AiWorld): Limiter {
  let limits = configured;
  let pausedUntil = 0;
  /** In order of arrival: a Set keeps it and can remove an aborted waiter from the middle. */
  const queue = new Set<Waiter>();
  /** Drawn, and not yet used. */
  let credit = NOTHING;
  let drawing: { readonly end: Promise<void>; readonly endEarly: () => void } | undefined;
  let returning = Promise.resolve();
  let cancelTimer: (() => void) | undefined;

  const tooLarge = (count: number): Admission | undefined =>
    configured.tokensPerMinute !== undefined && count > configured.tokensPerMinute
      ? { kind: 'too-large', tokensPerMinute: configured.tokensPerMinute }
      : undefined;

  /** What a request takes from the limits: a whole minute's tokens at most. */
  const needOf = ({ requests, tokens }: Waiter): Quantity => ({
    requests: limits.requestsPerMinute === undefined ? 0 : requests,
    tokens: limits.tokensPerMinute === undefined ? 0 : Math.min(tokens, limits.tokensPerMinute),
  });

  const grant = (need: Quantity): Permit => {
    credit = minus(credit, need);
    const counted = limits.tokensPerMinute !== undefined;
    let open = true;
    const giveBack = (unused: Quantity): void => {
      if (!open) return;
      open = false;
      credit = plus(credit, unused);
      admitWaiting();
    };
    return {
      settle: (used) =>
        giveBack({ requests: 0, tokens: counted ? need.tokens - Math.min(used, limits.tokensPerMinute ?? used) : 0 }),
      cancel: () => giveBack(need),
    };
  };

  const admitWaiting = (): void => {
    cancelTimer?.();
    cancelTimer = undefined;
    for (const waiter of queue) {
      const refusal = tooLarge(waiter.tokens);
      const need = needOf(waiter);
      if (refusal === undefined) {
        const pauseMs = pausedUntil - world.now();
        if (pauseMs > 0) {
          cancelTimer = world.after(pauseMs, admitWaiting);
          waiter.mustWait?.();
          return;
        }
        if (!covers(credit, need)) {
          if (drawing === undefined) drawing = draw(shortfall());
          else waiter.mustWait?.();
          return;
        }
      }
      queue.delete(waiter);
      waiter.done(refusal ?? { kind: 'granted', permit: grant(need) });
    }
    if (drawing === undefined) giveUnusedBack();
  };

  /** The amount that the first caller in the queue lacks, plus that of those behind it, up to a slice. */
  const shortfall = (): Quantity => {
    const slice: Quantity = {
      requests: (limits.requestsPerMinute ?? 0) / SLICES_PER_MINUTE,
      tokens: (limits.tokensPerMinute ?? 0) / SLICES_PER_MINUTE,
    };
    let wanted: Quantity | undefined;
    for (const waiter of queue) {
      const more = plus(wanted ?? minus(NOTHING, credit), needOf(waiter));
      if (wanted !== undefined && !covers(slice, more)) break;
      wanted = more;
    }
    const { requests, tokens } = wanted ?? NOTHING;
    return { requests: Math.max(0, requests), tokens: Math.max(0, tokens) };
  };

  const draw = (wanted: Quantity): NonNullable<typeof drawing> => {
    const cut = new AbortController();
    const drawAndWait = async (): Promise<void> => {
      try {
        const waitMs = await buckets.draw(wanted, limits);
        if (waitMs > 0) {
          for (const waiter of queue) waiter.mustWait?.();
          await sleep(world, waitMs, cut.signal);
        }
        credit = plus(credit, wanted);
      } catch (error) {
        for (const waiter of queue) waiter.failed(error);
        queue.clear();
      }
      drawing = undefined;
      admitWaiting();
    };
    return { end: drawAndWait(), endEarly: () => cut.abort() };
  };

  const giveUnusedBack = (): void => {
    if (credit.requests === 0 && credit.tokens === 0) return;
    const unused = credit;
    credit = NOTHING;
    // If this fails, the next draw fails as well and reports it.
    const given = buckets.giveBack(unused, limits).catch(() => undefined);
    returning = returning.then(() => given);
  };

  /** The provider's most recent limit never permits more than the configured one. */
  const stricter = (
    ours: number | undefined,
    before: number | undefined,
    { limit }: LimitState = {},
  ): number | undefined => (limit === undefined || limit <= 0 ? before : Math.min(limit, ours ?? Infinity));

  return {
    acquire(count, signal, requests = 1, mustWait) {
      const refusal = signal?.aborted === true ? ({ kind: 'aborted' } as const) : tooLarge(count);
      if (refusal !== undefined) return Promise.resolve(refusal);
      return new Promise((resolve, reject) => {
        const aborted = (): void => {
          queue.delete(waiter);
          resolve({ kind: 'aborted' });
          admitWaiting();
        };
        const waiter: Waiter = {
          tokens: count,
          requests,
          mustWait,
          done(admission) {
            leave();
            resolve(admission);
          },
          failed(error) {
            leave();
            reject(error instanceof Error ? error : new Error(String(error)));
          },
        };
        const leave = onAbort(signal, aborted);
        queue.add(waiter);
        if (queue.size === 1) admitWaiting();
        else mustWait?.();
      });
    },
    pauseUntil(time) {
      pausedUntil = Math.max(pausedUntil, time);
      admitWaiting();
    },
    correct({ requests, tokens }) {
      limits = {
        requestsPerMinute: stricter(configured.requestsPerMinute, limits.requestsPerMinute, requests),
        tokensPerMinute: stricter(configured.tokensPerMinute, limits.tokensPerMinute, tokens),
      };
      const left = {
        ...(requests?.remaining !== undefined && { requests: requests.remaining }),
        ...(tokens?.remaining !== undefined && { tokens: tokens.remaining }),
      };
      if (isLessThanASecond(left, limits)) {
        const lowered = buckets.lower(left, limits).catch(() => undefined);
        returning = returning.then(() => lowered);
      }
      admitWaiting();
    },
    status: () => ({
      waiting: queue.size,
      pausedUntil,
      ...(limits.requestsPerMinute !== undefined && { requestsPerMinute: limits.requestsPerMinute }),
      ...(limits.tokensPerMinute !== undefined && { tokensPerMinute: limits.tokensPerMinute }),
      ...(configured.tokensPerMinute !== undefined && { tokensMax: configured.tokensPerMinute }),
    }),
    async close() {
      cancelTimer?.();
      drawing?.endEarly();
      await drawing?.end;
      giveUnusedBack();
      await returning;
    },
  };
}

/** Whether less is left than a bucket may hold; more would be no news. */
function isLessThanASecond({ requests, tokens }: Partial<Quantity>, limits: LimitsPerMinute): boolean {
  const { requestsPerMinute = 0, tokensPerMinute = 0 } = limits;
  return (
    (requests !== undefined && requests < Math.max(1, requestsPerMinute / 60)) ||
    (tokens !== undefined && tokens < tokensPerMinute / 60)
  );
}

function covers(have: Quantity, need: Quantity): boolean {
  return have.requests >= need.requests && have.tokens >= need.tokens;
}

function plus(a: Quantity, b: Quantity): Quantity {
  return { requests: a.requests + b.requests, tokens: a.tokens + b.tokens };
}

function minus(a: Quantity, b: Quantity): Quantity {
  return { requests: a.requests - b.requests, tokens: a.tokens - b.tokens };
}

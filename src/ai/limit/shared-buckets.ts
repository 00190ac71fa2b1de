import { sharedDocument, type Store } from '../store/index.js';
import type { AiWorld } from '../ai-world.js';
import { drawn, filled, lowered, readyAt, returned, type BucketSize, type BucketState } from './bucket.js';

/** Limits per minute; a missing one does not limit. */
export interface LimitsPerMinute {
  readonly requestsPerMinute?: number | undefined;
  readonly tokensPerMinute?: number | undefined;
}

export interface Quantity {
  readonly requests: number;
  readonly tokens: number;
}

/** A rate limit shared between processes: each draws slices as large as it needs. What a process drew before it died is soon refilled. */
export interface SharedBuckets {
  /**
   * Draws both at once. Those who draw first are served first.
   *
   * @returns milliseconds until it may be used
   */
  draw(wanted: Quantity, limits: LimitsPerMinute): Promise<number>;
  /** Returns what was drawn and not used; a negative count means that more was used than drawn. */
  giveBack(unused: Quantity, limits: LimitsPerMinute): Promise<void>;
  /** The provider says that no more than this is left. */
  lower(left: Partial<Quantity>, limits: LimitsPerMinute): Promise<void>;
}

/** What is stored: a bucket for each limit that was ever used. */
type Stock = Readonly<Partial<Record<keyof Quantity, BucketState>>>;

interface Stocked {
  readonly kind: keyof Quantity;
  readonly size: BucketSize;
  readonly state: BucketState;
}

/** The buckets of a name, shared by all who open the store: a provider's, or those of one of its models. */
export function sharedBuckets(store: Store, name: string, world: AiWorld): SharedBuckets {
  const stock = sharedDocument<Stock>(store, name, {
    empty: {},
    parse: (text) => JSON.parse(text) as Stock,
    print: (document) => JSON.stringify(document),
  });

  /** Changes the buckets of the configured limits, at the current time. */
  const change = <R>(
    limits: LimitsPerMinute,
    step: (buckets: readonly Stocked[], now: number) => { readonly states: readonly BucketState[]; readonly result: R },
  ): Promise<R> =>
    stock.update((before) => {
      const now = world.now();
      const buckets = (['requests', 'tokens'] as const).flatMap((kind): Stocked[] => {
        const size = sizeOf(kind, limits);
        return size === undefined ? [] : [{ kind, size, state: filled(before[kind], size, now) }];
      });
      const { states, result } = step(buckets, now);
      const after = Object.fromEntries(buckets.map(({ kind }, i) => [kind, states[i]]));
      return { document: { ...before, ...after }, result };
    });

  return {
    draw: (wanted, limits) =>
      change(limits, (buckets, now) => {
        const at = Math.max(now, ...buckets.map(({ kind, size, state }) => readyAt(state, size, wanted[kind])));
        const states = buckets.map(({ kind, size, state }) => drawn(state, size, wanted[kind], at));
        return { states, result: at - now };
      }),
    giveBack: (unused, limits) =>
      change(limits, (buckets, now) => ({
        states: buckets.map(({ kind, size, state }) => returned(state, size, unused[kind], now)),
        result: undefined,
      })),
    lower: (left, limits) =>
      change(limits, (buckets) => ({
        states: buckets.map(({ kind, state }) => lowered(state, left[kind] ?? Infinity)),
        result: undefined,
      })),
  };
}

function sizeOf(kind: keyof Quantity, limits: LimitsPerMinute): BucketSize | undefined {
  const perMinute = kind === 'requests' ? limits.requestsPerMinute : limits.tokensPerMinute;
  return perMinute === undefined ? undefined : { perMinute, burstMin: kind === 'requests' ? 1 : 0 };
}

/** By how much of itself a percentile may be off. */
const ERROR = 0.02;

/** Bounds of buckets grow by this factor. */
const GROWTH = (1 + ERROR) / (1 - ERROR);

/** Shorter durations count as 0, longer ones as this long: so that the number of buckets is bounded. */
const SECONDS_MIN = 1e-5;
const SECONDS_MAX = 30 * 86_400;

/** Durations are forgotten by slices of this length. */
const SLICE_MS = 5000;
/** About a minute. */
const SLICES = 12;

export const PERCENTILES = { p50: 0.5, p95: 0.95, p99: 0.99 } as const;
export type Percentile = keyof typeof PERCENTILES;

/** How many durations fell into each bucket, in a slice of time. */
interface Slice {
  readonly number: number;
  readonly buckets: Map<number, number>;
}

/**
 * The durations of the last minute, by name, in buckets so fine that percentiles are right within 2 % of their value. Prometheus
 * buckets, which are few, can be off by a factor.
 */
export class RecentDurations {
  readonly #slices = new Map<string, Slice[]>();

  /** @param elapsed milliseconds of a clock that never jumps */
  constructor(private readonly elapsed: () => number) {}

  observe(name: string, seconds: number): void {
    let slices = this.#slices.get(name);
    if (slices === undefined) this.#slices.set(name, (slices = []));
    const number = this.#sliceNow();
    let slice = slices.at(-1);
    if (slice?.number !== number) {
      slice = { number, buckets: new Map() };
      slices.push(slice);
      if (slices.length > SLICES) slices.shift();
    }
    const bucket = bucketOf(seconds);
    slice.buckets.set(bucket, (slice.buckets.get(bucket) ?? 0) + 1);
  }

  /** Forgets names that are not known any more. */
  keep(isKnown: (name: string) => boolean): void {
    for (const name of this.#slices.keys()) if (!isKnown(name)) this.#slices.delete(name);
  }

  /** @param name undefined: of all names together. @returns undefined if there were none in the last minute */
  percentiles(name?: string): Readonly<Record<Percentile, number>> | undefined {
    const oldest = this.#sliceNow() - SLICES;
    const chosen = name === undefined ? [...this.#slices.values()].flat() : (this.#slices.get(name) ?? []);
    const sum = new Map<number, number>();
    for (const { number, buckets } of chosen)
      if (number > oldest) for (const [bucket, count] of buckets) sum.set(bucket, (sum.get(bucket) ?? 0) + count);
    const sorted = [...sum].sort(([a], [b]) => a - b);
    const total = sorted.reduce((all, [, count]) => all + count, 0);
    if (total === 0) return undefined;
    const at = (share: number): number => {
      let left = Math.ceil(share * total);
      const found = sorted.find(([, count]) => (left -= count) <= 0);
      return secondsOf(found?.[0] ?? 0);
    };
    return { p50: at(PERCENTILES.p50), p95: at(PERCENTILES.p95), p99: at(PERCENTILES.p99) };
  }

  #sliceNow(): number {
    return Math.floor(this.elapsed() / SLICE_MS);
  }
}

/** Bucket n ends at `SECONDS_MIN * GROWTH ** n`. */
function bucketOf(seconds: number): number {
  if (!(seconds > SECONDS_MIN)) return 0;
  return Math.ceil(Math.log(Math.min(seconds, SECONDS_MAX) / SECONDS_MIN) / Math.log(GROWTH));
}

/** The duration that is off by the same share of either bound. */
function secondsOf(bucket: number): number {
  return bucket === 0 ? 0 : (2 * SECONDS_MIN * GROWTH ** bucket) / (1 + GROWTH);
}

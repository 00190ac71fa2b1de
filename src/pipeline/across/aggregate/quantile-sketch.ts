import type { Json } from 'computo-js';
import { asDouble, type Accumulator } from './accumulator.js';

/** How many values are kept individually. */
const EXACT_MAX = 2000;
/** The maximum relative error of a quantile of more values (DDSketch, Masson et al. 2019). */
const ERROR = 0.005;
const GAMMA = (1 + ERROR) / (1 - ERROR);
const LOG_GAMMA = Math.log(GAMMA);

/**
 * A quantile. Exact for up to 2000 values, by linear interpolation between the two nearest; for more, within 0.5 % of an actual
 * value. The memory is bounded: doubles span a few thousand buckets of that width.
 */
export class QuantileSketch implements Accumulator {
  #values: number[] | undefined = [];
  /** The number of values per bucket; the sign of a bucket's number is that of its values. */
  readonly #buckets = new Map<number, number>();
  #count = 0;
  #min = Number.POSITIVE_INFINITY;
  #max = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly share: number,
    saved: Json | undefined,
  ) {
    if (saved === undefined) return;
    const { values, buckets, min, max } = saved as unknown as Saved;
    if (values !== undefined) {
      for (const value of values) this.#addNumber(value, 1);
      return;
    }
    this.#values = undefined;
    for (const [bucket, count] of buckets ?? []) this.#addToBucket(bucket, count);
    this.#min = min ?? this.#min;
    this.#max = max ?? this.#max;
  }

  add(value: Json): void {
    if (value !== null) this.#addNumber(asDouble(value), 1);
  }

  merge(other: QuantileSketch): void {
    if (other.#values !== undefined) {
      for (const value of other.#values) this.#addNumber(value, 1);
      return;
    }
    this.#spread();
    for (const [bucket, count] of other.#buckets) this.#addToBucket(bucket, count);
    this.#min = Math.min(this.#min, other.#min);
    this.#max = Math.max(this.#max, other.#max);
  }

  result(): Json {
    if (this.#count === 0) return null;
    const rank = this.share * (this.#count - 1);
    if (this.#values === undefined) return this.#bucketAt(rank);
    const sorted = [...this.#values].sort((a, b) => a - b);
    const below = sorted[Math.floor(rank)] ?? 0;
    const above = sorted[Math.ceil(rank)] ?? below;
    return below + (above - below) * (rank - Math.floor(rank));
  }

  save(): Json {
    if (this.#values !== undefined) return { values: this.#values };
    return { buckets: [...this.#buckets].map(([bucket, count]) => [bucket, count]), min: this.#min, max: this.#max };
  }

  #addNumber(value: number, count: number): void {
    this.#min = Math.min(this.#min, value);
    this.#max = Math.max(this.#max, value);
    if (this.#values === undefined) {
      this.#addToBucket(bucketOf(value), count);
      return;
    }
    this.#values.push(value);
    this.#count += count;
    if (this.#values.length > EXACT_MAX) this.#spread();
  }

  #addToBucket(bucket: number, count: number): void {
    this.#buckets.set(bucket, (this.#buckets.get(bucket) ?? 0) + count);
    this.#count += count;
  }

  /** Moves the individual values to buckets. */
  #spread(): void {
    const values = this.#values ?? [];
    if (this.#values === undefined) return;
    this.#values = undefined;
    this.#count = 0;
    for (const value of values) this.#addToBucket(bucketOf(value), 1);
  }

  #bucketAt(rank: number): number {
    let before = 0;
    for (const [bucket, count] of [...this.#buckets].sort(([a], [b]) => a - b)) {
      before += count;
      if (before > rank) return Math.min(this.#max, Math.max(this.#min, valueOf(bucket)));
    }
    return this.#max;
  }
}

interface Saved {
  readonly values?: readonly number[];
  readonly buckets?: readonly (readonly [number, number])[];
  readonly min?: number;
  readonly max?: number;
}

/** Makes all bucket numbers positive, so that their sign can be that of the values. */
const LIFT = Math.ceil(-Math.log(Number.MIN_VALUE) / LOG_GAMMA) + 1;

function bucketOf(value: number): number {
  if (value === 0) return 0;
  return Math.sign(value) * (Math.ceil(Math.log(Math.abs(value)) / LOG_GAMMA) + LIFT);
}

function valueOf(bucket: number): number {
  if (bucket === 0) return 0;
  const upper = Math.exp((Math.abs(bucket) - LIFT) * LOG_GAMMA);
  return Math.sign(bucket) * ((2 * upper) / (1 + GAMMA));
}

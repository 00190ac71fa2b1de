import { addNumbers, compareValues, NumberText, type Json, type JsonNumber } from 'computo-js';
import { keyText } from '../key-text.js';
import { nameOf } from '../../put-into.js';
import { asDouble, type Accumulator } from './accumulator.js';
import { QuantileSketch } from './quantile-sketch.js';

/** A way to compute one value from many. */
export interface AccumulatorKind {
  /** @returns why a value can't be taken; undefined if it can. Null is always accepted. */
  problemWith(value: Json): string | undefined;
  /** @param saved the saved form of an earlier accumulator */
  open(saved?: Json): Accumulator;
}

/** How values are combined. */
export type AccumulatorPlan =
  | { readonly kind: 'count' | 'sum' | 'mean' | 'min' | 'max' | 'first' | 'last' }
  | { readonly kind: 'distinct'; readonly max: number }
  | { readonly kind: 'quantile'; readonly share: number }
  | { readonly kind: 'top'; readonly count: number };

/** @param onForget called when a value can't be kept any more */
export function accumulatorKind(plan: AccumulatorPlan, onForget: () => void): AccumulatorKind {
  switch (plan.kind) {
    case 'count':
      return { problemWith: () => undefined, open: (saved) => new Sum(saved, () => 1) };
    case 'sum':
      return { problemWith: notNumber, open: (saved) => new Sum(saved, asNumber) };
    case 'mean':
      return { problemWith: notNumber, open: (saved) => new Mean(saved) };
    case 'min':
      return {
        problemWith: notScalar,
        open: (saved) => new Chosen((value, least) => compareValues(value, least) < 0, saved),
      };
    case 'max':
      return {
        problemWith: notScalar,
        open: (saved) => new Chosen((value, greatest) => compareValues(value, greatest) > 0, saved),
      };
    case 'first':
      return { problemWith: () => undefined, open: (saved) => new Chosen(() => false, saved) };
    case 'last':
      return { problemWith: () => undefined, open: (saved) => new Chosen(() => true, saved) };
    case 'distinct':
      return { problemWith: () => undefined, open: (saved) => new Distinct(plan.max, onForget, saved) };
    case 'quantile':
      return { problemWith: notNumber, open: (saved) => new QuantileSketch(plan.share, saved) };
    case 'top':
      return { problemWith: notScalar, open: (saved) => new Top(plan.count, saved) };
  }
}

function notNumber(value: Json): string | undefined {
  if (value === null || Number.isFinite(value)) return undefined;
  if (!isNumber(value))
    return `needs numbers, got ${nameOf(value)}${typeof value === 'string' ? ': number.parse makes one of a text' : ''}`;
  return Number.isFinite(asDouble(value)) ? undefined : 'needs numbers that a double can hold';
}

function notScalar(value: Json): string | undefined {
  if (value === null || typeof value === 'string') return undefined;
  return isNumber(value) ? notNumber(value) : `needs numbers or texts, got ${nameOf(value)}`;
}

function isNumber(value: Json): value is JsonNumber {
  return typeof value === 'number' || typeof value === 'bigint' || value instanceof NumberText;
}

function asNumber(value: Json): JsonNumber {
  return isNumber(value) ? value : 0;
}

/** JSON has no numbers beyond the doubles: a sum that gets there stays there, and becomes null. */
function inJson(sum: JsonNumber): Json {
  return isBeyond(sum) ? null : sum;
}

function sumOf(saved: Json): JsonNumber {
  return saved === null ? Number.NaN : asNumber(saved);
}

function sumWith(sum: JsonNumber, more: JsonNumber): JsonNumber {
  if (typeof sum === 'number' && typeof more === 'number') {
    // As addNumbers does it; almost all sums are such ones. Adding 0 makes 0 of -0.
    const next = sum + more;
    if (Math.abs(next) <= Number.MAX_SAFE_INTEGER) return next + 0;
  }
  return isBeyond(sum) || isBeyond(more) ? Number.NaN : addNumbers(sum, more);
}

function isBeyond(sum: JsonNumber): boolean {
  return typeof sum === 'number' && !Number.isFinite(sum);
}

/** Counts and sums. Integers of any size are added exactly. */
class Sum implements Accumulator {
  #sum: JsonNumber;

  constructor(
    saved: Json | undefined,
    private readonly valueOf: (value: Json) => JsonNumber,
  ) {
    this.#sum = saved === undefined ? 0 : sumOf(saved);
  }

  add(value: Json): void {
    if (value === null) return;
    this.#sum = sumWith(this.#sum, this.valueOf(value));
  }

  merge(other: Sum): void {
    this.#sum = sumWith(this.#sum, other.#sum);
  }

  result(): Json {
    return inJson(this.#sum);
  }

  save(): Json {
    return this.result();
  }
}

class Mean implements Accumulator {
  #sum: JsonNumber = 0;
  #count = 0;

  constructor(saved: Json | undefined) {
    if (saved === undefined) return;
    const [sum = 0, count = 0] = saved as readonly Json[];
    this.#sum = sumOf(sum);
    this.#count = Number(count);
  }

  add(value: Json): void {
    if (value === null) return;
    this.#sum = sumWith(this.#sum, asNumber(value));
    this.#count += 1;
  }

  merge(other: Mean): void {
    this.#sum = sumWith(this.#sum, other.#sum);
    this.#count += other.#count;
  }

  result(): Json {
    const mean = asDouble(this.#sum) / this.#count;
    return Number.isFinite(mean) ? mean : null;
  }

  save(): Json {
    return [inJson(this.#sum), this.#count];
  }
}

/** Keeps one of the values, ignoring null: the first, or a later one that replaces it. */
class Chosen implements Accumulator {
  #value: Json;

  /** @param replaces whether a value replaces the current one */
  constructor(
    private readonly replaces: (value: Json, held: Json) => boolean,
    saved: Json = null,
  ) {
    this.#value = saved;
  }

  add(value: Json): void {
    if (value !== null && (this.#value === null || this.replaces(value, this.#value))) this.#value = value;
  }

  merge(other: Chosen): void {
    this.add(other.#value);
  }

  result(): Json {
    return this.#value;
  }

  save(): Json {
    return this.#value;
  }
}

/** Counts different values, ignoring null. */
class Distinct implements Accumulator {
  readonly #keys: Set<string>;

  constructor(
    private readonly max: number,
    private readonly onForget: () => void,
    saved: Json | undefined,
  ) {
    this.#keys = new Set(saved as readonly string[] | undefined);
  }

  add(value: Json): void {
    if (value !== null) this.#addKey(keyText(value));
  }

  merge(other: Distinct): void {
    for (const key of other.#keys) this.#addKey(key);
  }

  result(): Json {
    return this.#keys.size;
  }

  save(): Json {
    return [...this.#keys];
  }

  #addKey(key: string): void {
    if (this.#keys.size < this.max || this.#keys.has(key)) this.#keys.add(key);
    else this.onForget();
  }
}

/** Keeps the data of the events with the greatest values; among equal ones, the earlier. */
class Top implements Accumulator {
  readonly #best: (readonly [value: Json, data: Json])[];

  constructor(
    private readonly count: number,
    saved: Json | undefined,
  ) {
    this.#best = [...((saved as unknown as readonly (readonly [Json, Json])[] | undefined) ?? [])];
  }

  add(value: Json, data: Json): void {
    if (value === null) return;
    const best = this.#best;
    const least = best.at(-1);
    if (best.length >= this.count && least !== undefined && compareValues(value, least[0]) <= 0) return;
    const place = best.findIndex(([other]) => compareValues(value, other) > 0);
    best.splice(place === -1 ? best.length : place, 0, [value, data]);
    if (best.length > this.count) best.pop();
  }

  merge(other: Top): void {
    for (const [value, data] of other.#best) this.add(value, data);
  }

  result(): Json {
    return this.#best.map(([, data]) => data);
  }

  save(): Json {
    return [...this.#best];
  }
}

import { compareNumbers } from './compare-numbers.js';
import { spendSteps, type Effort } from './effort.js';
import type { Json, JsonObject } from './json.js';
import { isArray, isNumber, isObject, kindOf, type JsonKind } from './kind.js';
import { keysOf } from './ordered-object.js';
import { compareText } from './text-order.js';

type KindRanks = Readonly<Record<JsonKind, number>>;

const OUTER_RANKS: KindRanks = { null: 0, number: 1, string: 2, boolean: 3, array: 4, object: 5 };
/** Inside arrays and objects, the reference engine uses its JSON library's order, which is different. */
const INNER_RANKS: KindRanks = { null: 0, boolean: 1, number: 2, string: 3, object: 4, array: 5 };

/** The cost of comparing two members besides their content. */
const STEPS_PER_PAIR = 2;
/** The cost of starting to compare two arrays or objects. */
const STEPS_TO_OPEN = 4;

/** A comparison of two arrays or objects, pair by pair as long as the pairs are equal. */
interface Pairs {
  next: number;
  /** The number of pairs to compare. */
  readonly length: number;
  /** The outcome if all pairs are equal. */
  readonly rest: number;
  /** Compares the keys of a pair. */
  readonly compareKeys: (index: number) => number;
  readonly a: (index: number) => Json;
  readonly b: (index: number) => Json;
}

/**
 * The order of values in `sort`: null < number < string < boolean < array < object; numbers by value, strings by their UTF-8
 * bytes. Works at any nesting depth.
 *
 * @returns negative, zero or positive if `a` sorts before, with or after `b`
 * @throws EffortExceeded if the values are larger than `effort` allows
 */
export function compareValues(a: Json, b: Json, effort: Effort): number {
  spendSteps(effort, 1);
  const order = compareShallowly(a, b, OUTER_RANKS, effort);
  return order === 'look inside' ? compareInside(a, b, effort) : order;
}

function compareInside(a: Json, b: Json, effort: Effort): number {
  const opened: Pairs[] = [pairsOf(a, b, effort)];
  for (let pairs = opened.at(-1); pairs !== undefined; pairs = opened.at(-1)) {
    const index = pairs.next;
    if (index === pairs.length) {
      if (pairs.rest !== 0) return pairs.rest;
      opened.pop();
      continue;
    }
    pairs.next += 1;
    spendSteps(effort, STEPS_PER_PAIR);
    const keyOrder = pairs.compareKeys(index);
    if (keyOrder !== 0) return keyOrder;
    const [left, right] = [pairs.a(index), pairs.b(index)];
    const order = compareShallowly(left, right, INNER_RANKS, effort);
    if (order === 'look inside') opened.push(pairsOf(left, right, effort));
    else if (order !== 0) return order;
  }
  return 0;
}

function compareShallowly(a: Json, b: Json, ranks: KindRanks, effort: Effort): number | 'look inside' {
  if (typeof a === 'string' && typeof b === 'string') return compareText(a, b, effort);
  if (isNumber(a) && isNumber(b)) return compareNumbers(a, b, effort);
  if (a === b) return 0;
  if (typeof a === 'boolean' && typeof b === 'boolean') return Number(a) - Number(b);
  return ranks[kindOf(a)] - ranks[kindOf(b)] || 'look inside';
}

function pairsOf(a: Json, b: Json, effort: Effort): Pairs {
  spendSteps(effort, STEPS_TO_OPEN);
  if (isArray(a) && isArray(b)) return itemsOf(a, b);
  return isObject(a) && isObject(b) ? membersOf(a, b, effort) : itemsOf([], []);
}

function itemsOf(a: readonly Json[], b: readonly Json[]): Pairs {
  return {
    next: 0,
    length: Math.min(a.length, b.length),
    rest: a.length - b.length,
    compareKeys: () => 0,
    a: (index) => a[index] ?? null,
    b: (index) => b[index] ?? null,
  };
}

/** Objects compare as sorted lists of members: key, then value, member by member. */
function membersOf(a: JsonObject, b: JsonObject, effort: Effort): Pairs {
  const keysA = sortedKeys(a, effort);
  const keysB = sortedKeys(b, effort);
  return {
    next: 0,
    length: Math.min(keysA.length, keysB.length),
    rest: keysA.length - keysB.length,
    compareKeys: (index) => compareText(keysA[index] ?? '', keysB[index] ?? '', effort),
    a: (index) => a[keysA[index] ?? ''] ?? null,
    b: (index) => b[keysB[index] ?? ''] ?? null,
  };
}

/**
 * Returns an object's keys in the order of their UTF-8 bytes.
 *
 * @throws EffortExceeded if the keys are more, or longer, than `effort` allows
 */
export function sortedKeys(object: JsonObject, effort: Effort): string[] {
  return [...keysOf(object, effort)].sort((a, b) => compareText(a, b, effort));
}

import { compareNumbers } from './compare-numbers.js';
import type { Json, JsonObject } from './json.js';
import { isArray, isNumber, isObject, kindOf, type JsonKind } from './kind.js';
import { compareText } from './text-order.js';

type KindRanks = Readonly<Record<JsonKind, number>>;

const OUTER_RANKS: KindRanks = { null: 0, number: 1, string: 2, boolean: 3, array: 4, object: 5 };
/** Inside arrays and objects the reference engine falls back to its JSON library's order, which is another one. */
const INNER_RANKS: KindRanks = { null: 0, boolean: 1, number: 2, string: 3, object: 4, array: 5 };

/**
 * The order in which `sort` puts values: null < number < string < boolean < array < object; numbers by value, strings by
 * their UTF-8 bytes.
 *
 * @returns negative, zero or positive, as `a` sorts before, with or after `b`
 */
export function compareValues(a: Json, b: Json): number {
  return compareRanked(a, b, OUTER_RANKS);
}

function compareRanked(a: Json, b: Json, ranks: KindRanks): number {
  if (typeof a === 'string' && typeof b === 'string') return compareText(a, b);
  if (isNumber(a) && isNumber(b)) return compareNumbers(a, b);
  if (isArray(a) && isArray(b)) return compareArrays(a, b);
  if (isObject(a) && isObject(b)) return compareObjects(a, b);
  if (typeof a === 'boolean' && typeof b === 'boolean') return Number(a) - Number(b);
  return ranks[kindOf(a)] - ranks[kindOf(b)];
}

function compareArrays(a: readonly Json[], b: readonly Json[]): number {
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index++) {
    const order = compareRanked(a[index] ?? null, b[index] ?? null, INNER_RANKS);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

/** As sorted lists of members: key, then value, member by member. */
function compareObjects(a: JsonObject, b: JsonObject): number {
  const keysA = sortedKeys(a);
  const keysB = sortedKeys(b);
  const length = Math.min(keysA.length, keysB.length);
  for (let index = 0; index < length; index++) {
    const keyA = keysA[index] ?? '';
    const keyB = keysB[index] ?? '';
    const order = compareText(keyA, keyB) || compareRanked(a[keyA] ?? null, b[keyB] ?? null, INNER_RANKS);
    if (order !== 0) return order;
  }
  return keysA.length - keysB.length;
}

/** The keys of an object by their UTF-8 bytes. */
export function sortedKeys(object: JsonObject): string[] {
  return Object.keys(object).sort(compareText);
}

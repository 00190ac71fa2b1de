import { compareNumbers } from './compare-numbers.js';
import { spendSteps, type Effort } from './effort.js';
import type { Json, JsonObject } from './json.js';
import { isArray, isNumber, isObject, kindOf, type JsonKind } from './kind.js';
import { compareText } from './text-order.js';

type KindRanks = Readonly<Record<JsonKind, number>>;

const OUTER_RANKS: KindRanks = { null: 0, number: 1, string: 2, boolean: 3, array: 4, object: 5 };
/** Inside arrays and objects the reference engine falls back to its JSON library's order, which is another one. */
const INNER_RANKS: KindRanks = { null: 0, boolean: 1, number: 2, string: 3, object: 4, array: 5 };

/** What is still to be compared: two values, or an outcome that counts once all before it are equal. */
type Pending = { readonly a: Json; readonly b: Json } | { readonly order: number };

/**
 * The order in which `sort` puts values: null < number < string < boolean < array < object; numbers by value, strings by
 * their UTF-8 bytes. Any nesting will do.
 *
 * @returns negative, zero or positive, as `a` sorts before, with or after `b`
 * @throws EffortExceeded when the values are larger than `effort` allows
 */
export function compareValues(a: Json, b: Json, effort: Effort): number {
  const order = compareShallowly(a, b, OUTER_RANKS);
  return order === 'look inside' ? compareInside(a, b, effort) : order;
}

function compareInside(a: Json, b: Json, effort: Effort): number {
  const pending: Pending[] = membersOf(a, b, effort);
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    let order: number;
    if ('order' in next) {
      order = next.order;
    } else {
      const shallow = compareShallowly(next.a, next.b, INNER_RANKS);
      if (shallow === 'look inside') {
        for (const inner of membersOf(next.a, next.b, effort)) pending.push(inner);
        continue;
      }
      order = shallow;
    }
    if (order !== 0) return order;
  }
  return 0;
}

function compareShallowly(a: Json, b: Json, ranks: KindRanks): number | 'look inside' {
  if (typeof a === 'string' && typeof b === 'string') return compareText(a, b);
  if (isNumber(a) && isNumber(b)) return compareNumbers(a, b);
  if (a === b) return 0;
  if (typeof a === 'boolean' && typeof b === 'boolean') return Number(a) - Number(b);
  return ranks[kindOf(a)] - ranks[kindOf(b)] || 'look inside';
}

/** What to compare inside two arrays or two objects, the last of it first. */
function membersOf(a: Json, b: Json, effort: Effort): Pending[] {
  const members: Pending[] = isArray(a) && isArray(b) ? itemsOf(a, b) : isObject(a) && isObject(b) ? pairsOf(a, b) : [];
  spendSteps(effort, members.length);
  return members.reverse();
}

function itemsOf(a: readonly Json[], b: readonly Json[]): Pending[] {
  const items: Pending[] = [];
  for (let index = 0; index < Math.min(a.length, b.length); index++) {
    items.push({ a: a[index] ?? null, b: b[index] ?? null });
  }
  items.push({ order: a.length - b.length });
  return items;
}

/** Objects compare as sorted lists of members: key, then value, member by member. */
function pairsOf(a: JsonObject, b: JsonObject): Pending[] {
  const keysA = sortedKeys(a);
  const keysB = sortedKeys(b);
  const pairs: Pending[] = [];
  for (let index = 0; index < Math.min(keysA.length, keysB.length); index++) {
    const keyA = keysA[index] ?? '';
    const keyB = keysB[index] ?? '';
    pairs.push({ order: compareText(keyA, keyB) }, { a: a[keyA] ?? null, b: b[keyB] ?? null });
  }
  pairs.push({ order: keysA.length - keysB.length });
  return pairs;
}

/** The keys of an object by their UTF-8 bytes. */
export function sortedKeys(object: JsonObject): string[] {
  return Object.keys(object).sort(compareText);
}

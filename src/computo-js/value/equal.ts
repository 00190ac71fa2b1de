import { compareNumbers } from './compare-numbers.js';
import { spendMembers, spendSteps, spendText, type Effort } from './effort.js';
import type { Json, JsonObject } from './json.js';
import { isArray, isNumber, isObject } from './kind.js';
import { keysOf } from './ordered-object.js';

/**
 * Deep equality by value: numbers by their exact value (`1` equals `1.0`), objects regardless of key order, never across kinds.
 * Works at any nesting depth.
 *
 * @throws EffortExceeded if the values are larger than `effort` allows
 */
export function equal(a: Json, b: Json, effort: Effort): boolean {
  if (!isContainer(a) || !isContainer(b)) return equalScalars(a, b, effort);
  const pending: Json[] = [a, b];
  for (;;) {
    const right = pending.pop();
    const left = pending.pop();
    if (left === undefined || right === undefined) return true;
    if (!isContainer(left) || !isContainer(right)) {
      if (!equalScalars(left, right, effort)) return false;
    } else if (left !== right) {
      const inside = isArray(left)
        ? itemsAlike(left, right, pending, effort)
        : membersAlike(left, right, pending, effort);
      if (!inside) return false;
    }
  }
}

/** Whether two arrays have the same length and the same elements, apart from what is inside the elements, which is added to `pending`. */
function itemsAlike(a: readonly Json[], b: Json, pending: Json[], effort: Effort): boolean {
  if (!isArray(b) || a.length !== b.length) return false;
  const { length } = pending;
  for (let index = 0; index < a.length; index++) {
    spendSteps(effort, 1);
    if (!alike(a[index] ?? null, b[index] ?? null, pending, effort)) return false;
  }
  reversePairs(pending, length);
  return true;
}

function membersAlike(a: Json, b: Json, pending: Json[], effort: Effort): boolean {
  if (!isObject(a) || !isObject(b)) return false;
  const keys = keysOf(a, effort);
  if (keys.length !== keysOf(b, effort).length) return false;
  spendMembers(effort, keys.length);
  const { length } = pending;
  for (const key of keys) {
    if (!Object.hasOwn(b, key) || !alike(a[key] ?? null, b[key] ?? null, pending, effort)) return false;
  }
  reversePairs(pending, length);
  return true;
}

/** Compares scalars, and adds containers to `pending`. */
function alike(a: Json, b: Json, pending: Json[], effort: Effort): boolean {
  if (!isContainer(a) || !isContainer(b)) return equalScalars(a, b, effort);
  if (a !== b) pending.push(a, b);
  return true;
}

/** Pairs are taken last in, first out, and the first difference is most likely near the front. */
function reversePairs(pending: Json[], from: number): void {
  for (let low = from, high = pending.length - 2; low < high; low += 2, high -= 2) {
    const [a = null, b = null] = [pending[low], pending[low + 1]];
    pending[low] = pending[high] ?? null;
    pending[low + 1] = pending[high + 1] ?? null;
    pending[high] = a;
    pending[high + 1] = b;
  }
}

function isContainer(value: Json): value is readonly Json[] | JsonObject {
  return typeof value === 'object' && value !== null && !isNumber(value);
}

function equalScalars(a: Json, b: Json, effort: Effort): boolean {
  if (typeof a === 'string' && typeof b === 'string') {
    if (a.length !== b.length) return false;
    spendText(effort, a.length);
    return a === b;
  }
  return a === b || (isNumber(a) && isNumber(b) && compareNumbers(a, b, effort) === 0);
}

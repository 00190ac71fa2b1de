import { compareNumbers } from './compare-numbers.js';
import { spendSteps, unlimited, type Effort } from './effort.js';
import type { Json } from './json.js';
import { isArray, isNumber, isObject } from './kind.js';

/**
 * Deep equality by value: numbers by their exact value (`1` equals `1.0`), objects whatever the order of their keys,
 * never across kinds. Any nesting will do.
 *
 * @throws EffortExceeded when the values are larger than `effort` allows
 */
export function equal(a: Json, b: Json, effort: Effort = unlimited()): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object') return equalScalars(a, b);

  const pending: Json[] = [a, b];
  for (;;) {
    const right = pending.pop();
    const left = pending.pop();
    if (left === undefined || right === undefined) return true;
    if (left === right) continue;
    if (isArray(left)) {
      if (!isArray(right) || left.length !== right.length) return false;
      spendSteps(effort, left.length);
      // Last in, first out: the first difference is most likely near the front.
      for (let index = left.length - 1; index >= 0; index--) pending.push(left[index] ?? null, right[index] ?? null);
    } else if (isObject(left)) {
      if (!isObject(right)) return false;
      const keys = Object.keys(left);
      if (keys.length !== Object.keys(right).length) return false;
      spendSteps(effort, keys.length);
      for (const key of keys) {
        if (!Object.hasOwn(right, key)) return false;
        pending.push(left[key] ?? null, right[key] ?? null);
      }
    } else if (!equalScalars(left, right)) {
      return false;
    }
  }
}

function equalScalars(a: Json, b: Json): boolean {
  return a === b || (isNumber(a) && isNumber(b) && compareNumbers(a, b) === 0);
}

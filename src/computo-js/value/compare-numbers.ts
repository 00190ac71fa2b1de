import { compareDecimals } from './decimal.js';
import { decimalWithin, digitsOf, spendDigits } from './digits.js';
import type { Effort } from './effort.js';
import type { JsonNumber } from './json.js';

/**
 * Compares two numbers by their exact decimal values, whatever their form.
 *
 * @returns negative, zero or positive if `a` is less than, equal to or greater than `b`
 * @throws EffortExceeded if the numbers have more digits than `effort` allows
 */
export function compareNumbers(a: JsonNumber, b: JsonNumber, effort: Effort): number {
  // Distinct doubles have distinct shortest texts in the same order, so doubles are compared directly.
  if (typeof a === 'number' && typeof b === 'number') return a < b ? -1 : a > b ? 1 : 0;
  if (typeof a === 'bigint' && typeof b === 'bigint') {
    spendDigits(effort, Math.min(digitsOf(a), digitsOf(b)));
    return a < b ? -1 : a > b ? 1 : 0;
  }
  // Compares an integer and a double whose text and value lie between the same two integers.
  if (isSafe(a) && typeof b === 'bigint') return a < b ? -1 : a > b ? 1 : 0;
  if (isSafe(b) && typeof a === 'bigint') return a < b ? -1 : a > b ? 1 : 0;
  const [left, right] = [decimalWithin(a, effort), decimalWithin(b, effort)];
  spendDigits(effort, Math.min(left.digits.length, right.digits.length));
  return compareDecimals(left, right);
}

function isSafe(number: JsonNumber): number is number {
  return typeof number === 'number' && Math.abs(number) <= Number.MAX_SAFE_INTEGER;
}

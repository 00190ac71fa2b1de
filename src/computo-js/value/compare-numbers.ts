import { compareDecimals, decimalOf } from './decimal.js';
import type { JsonNumber } from './json.js';

/**
 * Compares two numbers by their exact decimal values, whatever form they have.
 *
 * @returns negative, zero or positive, as `a` is less than, equal to or greater than `b`
 */
export function compareNumbers(a: JsonNumber, b: JsonNumber): number {
  // Distinct doubles have distinct shortest texts in the same order, so doubles compare as such.
  if (typeof a === 'number' && typeof b === 'number') return a < b ? -1 : a > b ? 1 : 0;
  if (typeof a === 'bigint' && typeof b === 'bigint') return a < b ? -1 : a > b ? 1 : 0;
  return compareDecimals(decimalOf(a), decimalOf(b));
}

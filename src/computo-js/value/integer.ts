import { decimalOf } from './decimal.js';
import { digitsOf, spendDigitPairs } from './digits.js';
import type { Effort } from './effort.js';
import type { JsonNumber } from './json.js';

/**
 * Maximum number of decimal digits of an integer used in calculations: enough for any use, and few enough to multiply, divide and
 * print in less than a millisecond. Longer integers stay text: they pass through and compare exactly.
 */
export const INTEGER_DIGITS_MAX = 4096;

/** Created on first use, because that takes time. */
let bound: bigint | undefined;

/** An integer is too long for an exact result. */
export class IntegerTooLong extends Error {}

/**
 * Returns the number as an integer if its decimal value is one: `1e30` is 10^30, `2.0` is 2, `0.5` is not an integer.
 *
 * @throws IntegerTooLong beyond {@link INTEGER_DIGITS_MAX}
 * @throws EffortExceeded if the number has more digits than `effort` allows
 */
export function integerOf(number: JsonNumber, effort: Effort): bigint | undefined {
  if (typeof number === 'bigint') return withinBound(number);
  if (typeof number === 'number' && Number.isSafeInteger(number)) return BigInt(number);
  const { negative, digits, exponent } = decimalOf(number);
  if (exponent < digits.length) return digits === '' ? 0n : undefined;
  if (exponent > INTEGER_DIGITS_MAX) throw new IntegerTooLong();
  spendDigitPairs(effort, exponent, exponent);
  const magnitude = BigInt(digits.padEnd(exponent, '0'));
  return negative ? -magnitude : magnitude;
}

/**
 * Returns an integer in its usual form: `number` if that is exact and safe, else `bigint`.
 *
 * @throws IntegerTooLong beyond {@link INTEGER_DIGITS_MAX}
 */
export function normalInteger(integer: bigint): number | bigint {
  if (integer <= BigInt(Number.MAX_SAFE_INTEGER) && integer >= BigInt(Number.MIN_SAFE_INTEGER)) return Number(integer);
  return withinBound(integer);
}

function withinBound(integer: bigint): bigint {
  bound ??= 10n ** BigInt(INTEGER_DIGITS_MAX);
  if (integer >= bound || integer <= -bound) throw new IntegerTooLong();
  return integer;
}

/** Charges for an operation on two integers. */
export function spendOperation(effort: Effort, a: bigint, b: bigint): void {
  spendDigitPairs(effort, digitsOf(a), digitsOf(b));
}

import { decimalOf } from './decimal.js';
import type { JsonNumber } from './json.js';

/** Integers may have this many decimal digits: enough for any use, few enough to multiply and print in milliseconds. */
export const INTEGER_DIGITS_MAX = 100_000;

/** Made when it is first needed: that takes milliseconds. */
let bound: bigint | undefined;

/** What stands in the way of an exact result. */
export class IntegerTooLong extends Error {}

/**
 * The number as an integer, if its decimal value is one: `1e30` is 10^30, `2.0` is 2, `0.5` is none.
 *
 * @throws IntegerTooLong beyond {@link INTEGER_DIGITS_MAX}
 */
export function integerOf(number: JsonNumber): bigint | undefined {
  if (typeof number === 'bigint') return number;
  if (typeof number === 'number' && Number.isSafeInteger(number)) return BigInt(number);
  const { negative, digits, exponent } = decimalOf(number);
  if (exponent < digits.length) return digits === '' ? 0n : undefined;
  if (exponent > INTEGER_DIGITS_MAX) throw new IntegerTooLong();
  const magnitude = BigInt(digits.padEnd(exponent, '0'));
  return negative ? -magnitude : magnitude;
}

/**
 * An integer in its usual form: `number` where that is exact and safe, else `bigint`.
 *
 * @throws IntegerTooLong beyond {@link INTEGER_DIGITS_MAX}
 */
export function normalInteger(integer: bigint): number | bigint {
  if (integer <= BigInt(Number.MAX_SAFE_INTEGER) && integer >= BigInt(Number.MIN_SAFE_INTEGER)) return Number(integer);
  bound ??= 10n ** BigInt(INTEGER_DIGITS_MAX);
  if (integer >= bound || integer <= -bound) throw new IntegerTooLong();
  return integer;
}

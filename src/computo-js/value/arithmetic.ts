import { decimalOf } from './decimal.js';
import type { Effort } from './effort.js';
import { integerOf, normalInteger, spendOperation } from './integer.js';
import type { JsonNumber } from './json.js';

const SAFE_MAX = Number.MAX_SAFE_INTEGER;

/**
 * The four operations and the remainder, exact if all operands are integers, in doubles otherwise. The result of each may be a
 * number that is not finite, which is not a JSON number and must be rejected by the caller.
 *
 * The first line of each is the fast path: doubles with a result in the safe range are exact if they are integers, and correctly
 * rounded if not. `+ 0` turns -0 into 0, which is how JSON prints it.
 *
 * @throws IntegerTooLong if an exact integer exceeds its limit
 * @throws EffortExceeded if the operands have more digits than `effort` allows
 */
export function add(a: JsonNumber, b: JsonNumber, effort: Effort): number | bigint {
  if (typeof a === 'number' && typeof b === 'number') {
    const sum = a + b;
    if (sum <= SAFE_MAX && sum >= -SAFE_MAX) return sum + 0;
  }
  return exactly(
    a,
    b,
    (x, y) => normalInteger(x + y),
    (x, y) => x + y,
    effort,
  );
}

export function subtract(a: JsonNumber, b: JsonNumber, effort: Effort): number | bigint {
  if (typeof a === 'number' && typeof b === 'number') {
    const difference = a - b;
    if (difference <= SAFE_MAX && difference >= -SAFE_MAX) return difference + 0;
  }
  return exactly(
    a,
    b,
    (x, y) => normalInteger(x - y),
    (x, y) => x - y,
    effort,
  );
}

export function multiply(a: JsonNumber, b: JsonNumber, effort: Effort): number | bigint {
  if (typeof a === 'number' && typeof b === 'number') {
    const product = a * b;
    if (product <= SAFE_MAX && product >= -SAFE_MAX) return product + 0;
  }
  return exactly(
    a,
    b,
    (x, y) => normalInteger(x * y),
    (x, y) => x * y,
    effort,
  );
}

/** @param b not zero */
export function divide(a: JsonNumber, b: JsonNumber, effort: Effort): number | bigint {
  if (typeof a === 'number' && typeof b === 'number' && isSmall(a) && isSmall(b)) return a / b + 0;
  return exactly(a, b, divideIntegers, (x, y) => x / y, effort);
}

/**
 * Returns the remainder with the sign of the dividend, like C's `fmod`.
 *
 * @param b not zero
 */
export function remainder(a: JsonNumber, b: JsonNumber, effort: Effort): number | bigint {
  if (typeof a === 'number' && typeof b === 'number' && isSmall(a) && isSmall(b)) return (a % b) + 0;
  return exactly(
    a,
    b,
    (x, y) => normalInteger(x % y),
    (x, y) => x % y,
    effort,
  );
}

/** Whether `|a - b| <= tolerance`; exact if all are integers. */
export function isApproximately(a: JsonNumber, b: JsonNumber, tolerance: JsonNumber, effort: Effort): boolean {
  const distance = subtract(a, b, effort);
  const magnitude = distance < 0 ? subtract(0, distance, effort) : distance;
  if (typeof magnitude === 'bigint') return magnitude <= (integerOf(tolerance, effort) ?? Number(tolerance));
  return magnitude <= Number(tolerance);
}

export function isZero(number: JsonNumber): boolean {
  return typeof number === 'object' ? decimalOf(number).digits === '' : number === 0 || number === 0n;
}

function isSmall(number: number): boolean {
  return number <= SAFE_MAX && number >= -SAFE_MAX;
}

function exactly(
  a: JsonNumber,
  b: JsonNumber,
  ofIntegers: (x: bigint, y: bigint) => number | bigint,
  ofDoubles: (x: number, y: number) => number,
  effort: Effort,
): number | bigint {
  const integerA = integerOf(a, effort);
  const integerB = integerA === undefined ? undefined : integerOf(b, effort);
  if (integerA !== undefined && integerB !== undefined) {
    spendOperation(effort, integerA, integerB);
    return ofIntegers(integerA, integerB);
  }
  return ofDoubles(Number(a), Number(b)) + 0;
}

function divideIntegers(x: bigint, y: bigint): number | bigint {
  return x % y === 0n ? normalInteger(x / y) : ratio(x, y);
}

/** Returns the double nearest to `x / y`, both of which may be far beyond what a double holds. */
function ratio(x: bigint, y: bigint): number {
  const shift = bitsOf(y) - bitsOf(x) + 64;
  const [numerator, denominator] = shift >= 0 ? [x << BigInt(shift), y] : [x, y << BigInt(-shift)];
  // 64 or 65 bits of quotient, whose last bit can stand for the whole remainder, so that Number() rounds once, to the nearest.
  const rest = numerator % denominator === 0n ? 0n : 1n;
  const quotient = Number((numerator / denominator) | rest);
  // The scale is applied in two halves, because a single step could overflow, or lose a small result's bits too early.
  const half = Math.trunc(shift / 2);
  return quotient * 2 ** -half * 2 ** (half - shift);
}

function bitsOf(integer: bigint): number {
  return (integer < 0n ? -integer : integer).toString(16).length * 4;
}

import type { Run } from '../../compile/index.js';
import { wrongKind, invalidArgument, type Call } from '../../syntax/index.js';
import {
  describe,
  digitsOf,
  isNumber,
  readDecimal,
  spendDigits,
  type Json,
  type JsonNumber,
  type NumberText,
} from '../../value/index.js';

/** The maximum distance of a time from 1970, in milliseconds, the same as in JavaScript: about 273,790 years before and after. */
export const INSTANT_MAX = 8.64e15;
const INSTANT_DIGITS_MAX = 16;

/**
 * Returns a time given in milliseconds since 1970-01-01T00:00:00Z. Fractions of a millisecond are rounded toward the past.
 *
 * @throws ComputoError `InvalidArgument` if the value is not a number, or is out of range
 */
export function instantOf(value: Json, call: Call, index: number, run: Run): number {
  if (!isNumber(value)) throw wrongKind(call, index, 'a time, in milliseconds since 1970,', value);
  run.at = call.place;
  const instant = floorOf(value, run);
  if (instant >= -INSTANT_MAX && instant <= INSTANT_MAX) return instant;
  throw invalidArgument(
    call.place,
    `'${call.operator.name}' needs a time at most ${INSTANT_MAX} ms before or after 1970, got ${describe(value)}`,
  );
}

/**
 * Returns a computed time.
 *
 * @throws ComputoError `InvalidArgument` if the time is out of range or NaN
 */
export function withinTimes(instant: number, call: Call): number {
  if (instant >= -INSTANT_MAX && instant <= INSTANT_MAX) return instant + 0;
  throw invalidArgument(
    call.place,
    `'${call.operator.name}' leads to a time more than ${INSTANT_MAX} ms before or after 1970`,
  );
}

/** Returns the greatest integer not above a number; infinite if that is beyond all times. */
function floorOf(number: JsonNumber, run: Run): number {
  if (typeof number === 'number') return Math.floor(number) + 0;
  return typeof number === 'bigint' ? Number(number) : floorOfText(number, run);
}

function floorOfText(number: NumberText, run: Run): number {
  spendDigits(run, digitsOf(number));
  const { negative, digits, exponent } = readDecimal(number.text);
  if (exponent > INSTANT_DIGITS_MAX) return negative ? -Infinity : Infinity;
  const whole = exponent > 0 ? Number(digits.slice(0, exponent).padEnd(exponent, '0')) : 0;
  if (!negative) return whole;
  return digits.length > exponent ? -whole - 1 : -whole;
}

import { decimalOf, type Decimal } from './decimal.js';
import { spendSteps, type Effort } from './effort.js';
import { NumberText, type JsonNumber } from './json.js';

/** Integers with fewer than 77 digits are below this bound, which a comparison tells at once from their lengths. */
const SHORT_END = 1n << 256n;
const SHORT_DIGITS = 19;
const DIGITS_PER_HEX_DIGIT = 1.21;

const DIGITS_PER_STEP = 16;
/** Multiplying, dividing, reading and printing take time quadratic in the number of digits. */
const SQUARED_DIGITS_PER_STEP = 2500;

/** Returns the approximate number of digits of a number. The digits of short integers and doubles are not counted. */
export function digitsOf(number: JsonNumber): number {
  if (typeof number === 'number') return SHORT_DIGITS;
  if (number instanceof NumberText) return number.text.length;
  if (number < SHORT_END && number > -SHORT_END) return SHORT_DIGITS;
  return Math.ceil(number.toString(16).length * DIGITS_PER_HEX_DIGIT);
}

/** Charges for one pass over digits: comparing, adding. */
export function spendDigits(effort: Effort, digits: number): void {
  if (digits > SHORT_DIGITS) spendSteps(effort, Math.ceil(digits / DIGITS_PER_STEP));
}

/** Charges for work on every pair of digits: multiplying, dividing, converting to or from text. */
export function spendDigitPairs(effort: Effort, a: number, b: number): void {
  if (a > SHORT_DIGITS || b > SHORT_DIGITS) {
    spendSteps(effort, Math.ceil((a + b) / DIGITS_PER_STEP + (a * b) / SQUARED_DIGITS_PER_STEP));
  }
}

/**
 * Returns the decimal value of a number. A text is read once, which its creation paid for; an integer is printed each time.
 *
 * @throws EffortExceeded if the number has more digits than `effort` allows
 */
export function decimalWithin(number: JsonNumber, effort: Effort): Decimal {
  if (typeof number === 'bigint') {
    const digits = digitsOf(number);
    spendDigitPairs(effort, digits, digits);
  }
  return decimalOf(number);
}

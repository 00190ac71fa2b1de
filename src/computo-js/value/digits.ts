import { decimalOf, type Decimal } from './decimal.js';
import { spendSteps, type Effort } from './effort.js';
import { NumberText, type JsonNumber } from './json.js';

/** Integers of fewer digits than 77: comparing with it tells that at once, from their lengths. */
const SHORT_END = 1n << 256n;
const SHORT_DIGITS = 19;
const DIGITS_PER_HEX_DIGIT = 1.21;

const DIGITS_PER_STEP = 16;
/** Multiplying, dividing, reading and printing take time with the square of the digits. */
const SQUARED_DIGITS_PER_STEP = 2500;

/** How many digits a number has, roughly; those of a short integer, or of what a double holds, are not counted. */
export function digitsOf(number: JsonNumber): number {
  if (typeof number === 'number') return SHORT_DIGITS;
  if (number instanceof NumberText) return number.text.length;
  if (number < SHORT_END && number > -SHORT_END) return SHORT_DIGITS;
  return Math.ceil(number.toString(16).length * DIGITS_PER_HEX_DIGIT);
}

/** Charges for going over digits once: comparing, adding. */
export function spendDigits(effort: Effort, digits: number): void {
  if (digits > SHORT_DIGITS) spendSteps(effort, Math.ceil(digits / DIGITS_PER_STEP));
}

/** Charges for work on every pair of digits: multiplying, dividing, turning one into text or text into one. */
export function spendDigitPairs(effort: Effort, a: number, b: number): void {
  if (a > SHORT_DIGITS || b > SHORT_DIGITS) {
    spendSteps(effort, Math.ceil((a + b) / DIGITS_PER_STEP + (a * b) / SQUARED_DIGITS_PER_STEP));
  }
}

/**
 * The decimal value of a number. A text is read once, which its making paid for; an integer is printed each time.
 *
 * @throws EffortExceeded when it has more digits than `effort` allows
 */
export function decimalWithin(number: JsonNumber, effort: Effort): Decimal {
  if (typeof number === 'bigint') {
    const digits = digitsOf(number);
    spendDigitPairs(effort, digits, digits);
  }
  return decimalOf(number);
}

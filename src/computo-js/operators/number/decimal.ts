import { readNumber } from '../../json-text/index.js';
import {
  decimalWithin,
  digitsOf,
  spendDigitPairs,
  spendDigits,
  type Decimal,
  type Effort,
  type JsonNumber,
} from '../../value/index.js';

const FIVE = 0x35;
const NINE = 0x39;
/** Beyond these exponents, numbers are printed with an exponent, as in JavaScript, unless the input had none. */
const PLAIN_EXPONENT_MIN = -6;
const PLAIN_EXPONENT_MAX = 21;

/**
 * Rounds a decimal, half away from zero. Takes time proportional to its digits.
 *
 * @param places digits after the point; −1 rounds to tens, and so on
 */
export function roundDecimal(decimal: Decimal, places: number): Decimal {
  const kept = decimal.exponent + places;
  if (kept >= decimal.digits.length) return decimal;
  return cut(decimal, kept, kept >= 0 && decimal.digits.charCodeAt(kept) >= FIVE);
}

/** Returns the nearest integer below or above a decimal, or the decimal itself if it is an integer. */
export function integerBeside(decimal: Decimal, side: 'below' | 'above'): Decimal {
  const { negative, digits, exponent } = decimal;
  return exponent >= digits.length ? decimal : cut(decimal, exponent, negative === (side === 'below'));
}

/**
 * Drops digits, not all of which are zero.
 *
 * @param kept how many digits stay; negative if the place of the last one is before the first digit
 * @param isRaised whether the magnitude grows by one in that place
 */
function cut({ negative, digits, exponent }: Decimal, kept: number, isRaised: boolean): Decimal {
  let last = Math.max(0, kept) - 1;
  const dropped = isRaised ? NINE : NINE - 9;
  while (last >= 0 && digits.charCodeAt(last) === dropped) last -= 1;
  if (!isRaised) {
    return last < 0
      ? { negative: false, digits: '', exponent: 0 }
      : { negative, digits: digits.slice(0, last + 1), exponent };
  }
  if (last < 0) return { negative, digits: '1', exponent: exponent - Math.min(0, kept) + 1 };
  const raised = String.fromCharCode(digits.charCodeAt(last) + 1);
  return { negative, digits: digits.slice(0, last) + raised, exponent };
}

/**
 * Returns the number whose decimal value is the changed value of another.
 *
 * @param change returns its argument if nothing changes
 * @throws EffortExceeded if the number has more digits than `effort` allows
 */
export function changeDecimal(number: JsonNumber, change: (decimal: Decimal) => Decimal, effort: Effort): JsonNumber {
  spendDigits(effort, digitsOf(number));
  const decimal = decimalWithin(number, effort);
  const changed = change(decimal);
  if (changed === decimal) return number;
  if (changed.digits === '') return 0;
  // A number without an exponent stays without one, because it does not get longer.
  const length = typeof number === 'bigint' ? decimal.exponent + 1 : String(number).length;
  return numberOf(changed, Math.max(PLAIN_EXPONENT_MAX, length), effort);
}

function numberOf(decimal: Decimal, plainMax: number, effort: Effort): JsonNumber {
  const { negative, digits, exponent } = decimal;
  if (exponent > PLAIN_EXPONENT_MIN && exponent <= plainMax) {
    const text = plainDecimal(decimal, Math.max(0, digits.length - exponent));
    spendDigitPairs(effort, text.length, text.length);
    return readNumber(text);
  }
  const fraction = digits.length > 1 ? `.${digits.slice(1)}` : '';
  return readNumber(`${negative ? '-' : ''}${digits.charAt(0)}${fraction}e${exponent - 1}`);
}

/**
 * Returns the text of a decimal without an exponent, with exactly `places` digits after the point.
 *
 * @param places at least the decimal's own number of places, and at least 0
 */
export function plainDecimal({ negative, digits, exponent }: Decimal, places: number): string {
  const point = Math.max(0, exponent);
  const all = ('0'.repeat(Math.max(0, -exponent)) + digits).padEnd(point + places, '0');
  const whole = point === 0 ? '0' : all.slice(0, point);
  return `${negative ? '-' : ''}${whole}${places === 0 ? '' : `.${all.slice(point)}`}`;
}

import { NumberText, type JsonNumber } from './json.js';

/** A number's exact decimal value: `sign × 0.digits × 10^exponent`. Zero has no digits and exponent 0. */
export interface Decimal {
  readonly negative: boolean;
  /** Significant digits, neither starting nor ending with `0`. */
  readonly digits: string;
  /** The power of ten of the place before the first digit. */
  readonly exponent: number;
}

const ZERO = 0x30;
/** Shorter texts are faster to read again than to look up. */
const KEPT_LENGTH_MIN = 64;

/** Long numbers are compared repeatedly, so the result of reading one is kept as long as the number. */
const known = new WeakMap<NumberText, Decimal>();

/** Returns the decimal value of a number's text. For a double, that is its shortest text, which is the one that is printed. */
export function decimalOf(number: JsonNumber): Decimal {
  if (!(number instanceof NumberText) || number.text.length < KEPT_LENGTH_MIN) return readDecimal(String(number));
  const before = known.get(number);
  if (before !== undefined) return before;
  const decimal = readDecimal(number.text);
  known.set(number, decimal);
  return decimal;
}

/**
 * Reads the text of a JSON number. Takes time proportional to its length, whatever its digits are.
 *
 * @param text a valid JSON number
 */
export function readDecimal(text: string): Decimal {
  const negative = text.startsWith('-');
  const powerAt = text.search(/[eE]/);
  const end = powerAt === -1 ? text.length : powerAt;
  const pointAt = text.indexOf('.');
  const wholeEnd = pointAt === -1 ? end : pointAt;
  const whole = text.slice(negative ? 1 : 0, wholeEnd);
  const all = pointAt === -1 ? whole : whole + text.slice(pointAt + 1, end);
  let first = 0;
  while (all.charCodeAt(first) === ZERO) first += 1;
  if (first === all.length) return { negative: false, digits: '', exponent: 0 };
  let last = all.length;
  while (all.charCodeAt(last - 1) === ZERO) last -= 1;
  const power = powerAt === -1 ? 0 : Number(text.slice(powerAt + 1));
  return { negative, digits: all.slice(first, last), exponent: power + whole.length - first };
}

/** Returns a text that is the same for two numbers exactly if they are equal. */
export function decimalKey(number: JsonNumber): string {
  const { negative, digits, exponent } = decimalOf(number);
  return `${negative ? '-' : ''}${digits}e${exponent}`;
}

/** Negative, zero or positive if `a` is less than, equal to or greater than `b`. Never expands an exponent. */
export function compareDecimals(a: Decimal, b: Decimal): number {
  const signA = signOf(a);
  const signB = signOf(b);
  if (signA !== signB || signA === 0) return signA - signB;
  if (a.exponent !== b.exponent) return a.exponent < b.exponent ? -signA : signA;
  if (a.digits === b.digits) return 0;
  // Digits after the point compare as text: "12" < "123" < "13".
  return a.digits < b.digits ? -signA : signA;
}

function signOf(decimal: Decimal): number {
  if (decimal.digits === '') return 0;
  return decimal.negative ? -1 : 1;
}

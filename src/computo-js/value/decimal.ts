import type { JsonNumber } from './json.js';

/** A number's exact decimal value: `sign × 0.digits × 10^exponent`. Zero has no digits and exponent 0. */
export interface Decimal {
  readonly negative: boolean;
  /** Significant digits, neither starting nor ending with `0`. */
  readonly digits: string;
  /** The power of ten of the place before the first digit. */
  readonly exponent: number;
}

/** The decimal value that a number's text names. For a double that is its shortest text, the one that is printed. */
export function decimalOf(number: JsonNumber): Decimal {
  const [mantissa = '', power = '0'] = String(number).toLowerCase().split('e');
  const [whole = '', fraction = ''] = mantissa.replace('-', '').split('.');
  const leading = (whole + fraction).replace(/^0+/, '');
  const digits = leading.replace(/0+$/, '');
  if (digits === '') return { negative: false, digits, exponent: 0 };
  return {
    negative: mantissa.startsWith('-'),
    digits,
    exponent: Number(power) + whole.length - (whole.length + fraction.length - leading.length),
  };
}

/** A text that two numbers share exactly when they are equal. */
export function decimalKey(number: JsonNumber): string {
  const { negative, digits, exponent } = decimalOf(number);
  return `${negative ? '-' : ''}${digits}e${exponent}`;
}

/** Negative, zero or positive, as `a` is less than, equal to or greater than `b`. Never expands an exponent. */
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

import { NumberText } from '../value/index.js';

/** Any decimal with at most this many significant digits survives the way into a double and back. */
const DIGITS_ALWAYS_EXACT = 15;

/** The one integer that is a double beyond doubt, and not "safe", because its neighbour reads as the same double. */
const TWO_TO_THE_53 = String(2 ** 53);

/**
 * Reads the text of a JSON number without losing a digit.
 *
 * @param text a valid JSON number
 * @returns a `number` if printing it gives the same decimal value again; else a `bigint` for an integer written
 *   without point and exponent, else the text itself
 */
export function readNumber(text: string): number | bigint | NumberText {
  const value = Number(text);
  if (isPlainInteger(text)) return Number.isSafeInteger(value) || text === TWO_TO_THE_53 ? value : BigInt(text);
  if (Number.isFinite(value) && sameDecimal(text, value)) return value;
  return new NumberText(text);
}

function isPlainInteger(text: string): boolean {
  for (let i = text.length - 1; i >= 0; i--) {
    const code = text.charCodeAt(i);
    if ((code < 0x30 || code > 0x39) && code !== 0x2d) return false;
  }
  return true;
}

function sameDecimal(text: string, value: number): boolean {
  const written = decimalOf(text);
  if (written.digits.length <= DIGITS_ALWAYS_EXACT && Math.abs(value) > 1e-300 && Math.abs(value) < 1e300) return true;
  const printed = decimalOf(String(value));
  return written.digits === printed.digits && written.exponent === printed.exponent;
}

/** The value of a decimal text as `digits × 10^exponent`, with neither leading nor trailing zeros in `digits`. */
function decimalOf(text: string): { digits: string; exponent: number } {
  const [mantissa = '', power = '0'] = text.toLowerCase().split('e');
  const [whole = '', fraction = ''] = mantissa.replace('-', '').split('.');
  const leading = (whole + fraction).replace(/^0+/, '');
  const digits = leading.replace(/0+$/, '');
  if (digits === '') return { digits, exponent: 0 };
  return { digits, exponent: Number(power) - fraction.length + (leading.length - digits.length) };
}

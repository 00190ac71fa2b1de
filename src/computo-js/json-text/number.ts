import { INTEGER_DIGITS_MAX, NumberText, readDecimal } from '../value/index.js';

/** Any decimal with at most this many significant digits survives conversion to a double and back. */
const DIGITS_ALWAYS_EXACT = 15;

/** The only integer that a double certainly holds but that is not "safe", because its neighbor reads as the same double. */
const TWO_TO_THE_53 = String(2 ** 53);

/**
 * Reads the text of a JSON number without losing a digit.
 *
 * @param text a valid JSON number
 * @returns a `number` if it prints as the same decimal value; else a `bigint` for an integer without point and exponent that is
 *   short enough to compute with; else the text itself
 */
export function readNumber(text: string): number | bigint | NumberText {
  const value = Number(text);
  if (isPlainInteger(text)) {
    if (Number.isSafeInteger(value) || text === TWO_TO_THE_53) return value;
    return text.length - (value < 0 ? 1 : 0) > INTEGER_DIGITS_MAX ? new NumberText(text) : BigInt(text);
  }
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
  const written = readDecimal(text);
  if (written.digits.length <= DIGITS_ALWAYS_EXACT && Math.abs(value) > 1e-300 && Math.abs(value) < 1e300) return true;
  const printed = readDecimal(String(value));
  return written.digits === printed.digits && written.exponent === printed.exponent;
}

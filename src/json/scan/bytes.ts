/** The bytes that matter in JSON, and tables of those with a common role. */
export const TAB = 0x09;
export const NEWLINE = 0x0a;
export const CARRIAGE_RETURN = 0x0d;
export const SPACE = 0x20;
export const QUOTE = 0x22;
export const COMMA = 0x2c;
export const MINUS = 0x2d;
export const POINT = 0x2e;
export const SLASH = 0x2f;
export const ZERO = 0x30;
export const NINE = 0x39;
export const COLON = 0x3a;
export const OPEN_ARRAY = 0x5b;
export const BACKSLASH = 0x5c;
export const CLOSE_ARRAY = 0x5d;
export const OPEN_OBJECT = 0x7b;
export const CLOSE_OBJECT = 0x7d;

/** The bytes that end a run of plain characters in a string: a quote, a backslash or a control character. */
export const ENDS_RUN = tableOf('"\\').fill(1, 0, SPACE);
export const IS_HEX = tableOf('0123456789abcdefABCDEF');
/** The bytes that may follow a backslash, except `u`, and except the slash, which needs no escape. */
export const IS_ESCAPED = tableOf('"\\bfnrt');

/** Thrown when the scanner does not understand a line. Always the same object, because creating one costs more than scanning a line. */
export const REFUSED = new Error('refused');

/** Returns a table with 1 for each of these bytes and 0 for all others. */
function tableOf(bytes: string): Uint8Array {
  const table = new Uint8Array(256);
  for (let i = 0; i < bytes.length; i++) table[bytes.charCodeAt(i)] = 1;
  return table;
}

import type { Json } from 'computo-js';
import { BACKSLASH, CLOSE_ARRAY, COMMA, MINUS, NINE, OPEN_ARRAY, OPEN_OBJECT, POINT, QUOTE, ZERO } from './bytes.js';
import { readString } from './short-strings.js';
import type { Text } from './skip.js';

/**
 * Powers of ten that a double holds exactly: dividing an exact integer by one rounds once, as parsing the text does.
 */
const POWERS = Float64Array.from({ length: 23 }, (_, power) => Number(`1e${power}`));

/** The reading position. */
interface Cursor {
  at: number;
}

/**
 * Reads a value that a scan did not mark as odd: it has no white space, and its numbers are short enough to read digit by digit.
 *
 * @returns undefined if the value contains an object, because the runtime builds objects faster
 */
export function readPlainValue(text: Text, start: number): Json | undefined {
  return readAt(text, { at: start });
}

function readAt(text: Text, cursor: Cursor): Json | undefined {
  const { bytes } = text;
  const { at } = cursor;
  switch (bytes[at]) {
    case QUOTE: {
      const end = closingQuote(bytes, at + 1);
      cursor.at = end + 1;
      return readString(text, at + 1, end);
    }
    case 0x74:
      cursor.at = at + 4;
      return true;
    case 0x66:
      cursor.at = at + 5;
      return false;
    case 0x6e:
      cursor.at = at + 4;
      return null;
    case OPEN_ARRAY:
      return readArray(text, cursor);
    case OPEN_OBJECT:
      return undefined;
    default:
      return readNumber(bytes, cursor);
  }
}

function readArray(text: Text, cursor: Cursor): Json[] | undefined {
  const { bytes } = text;
  const items: Json[] = [];
  cursor.at += 1;
  if (bytes[cursor.at] === CLOSE_ARRAY) {
    cursor.at += 1;
    return items;
  }
  for (;;) {
    const item = readAt(text, cursor);
    if (item === undefined) return undefined;
    items.push(item);
    const next = bytes[cursor.at];
    cursor.at += 1;
    if (next !== COMMA) return items;
  }
}

function closingQuote(bytes: Uint8Array, start: number): number {
  let at = start;
  for (let byte = bytes[at]; byte !== QUOTE; byte = bytes[at]) at += byte === BACKSLASH ? 2 : 1;
  return at;
}

function readNumber(bytes: Uint8Array, cursor: Cursor): number {
  const isNegative = bytes[cursor.at] === MINUS;
  let at = isNegative ? cursor.at + 1 : cursor.at;
  let digits = 0;
  let byte = bytes[at] as number;
  for (; byte >= ZERO && byte <= NINE; byte = bytes[++at] as number) digits = digits * 10 + (byte - ZERO);
  if (byte === POINT) {
    const point = at;
    byte = bytes[++at] as number;
    for (; byte >= ZERO && byte <= NINE; byte = bytes[++at] as number) digits = digits * 10 + (byte - ZERO);
    digits /= POWERS[at - point - 1] as number;
  }
  cursor.at = at;
  return isNegative ? -digits : digits;
}

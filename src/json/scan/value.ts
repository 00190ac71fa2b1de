import type { Json } from 'computo-js';
import { readNumber } from '../number.js';
import { parseJson } from '../parse.js';
import { stringifyJson } from '../stringify.js';
import type { ByteWriter } from './byte-writer.js';
import { BACKSLASH, MINUS, NINE, OPEN_ARRAY, OPEN_OBJECT, POINT, QUOTE, ZERO } from './bytes.js';
import type { Sightings } from './sightings.js';
import type { Text } from './skip.js';

/** Integers of so many digits fit a double. */
const EXACT_DIGITS_MAX = 15;
/** Powers of ten that a double holds exactly: dividing an exact integer by one rounds once, as reading the text does. */
const POWERS = Float64Array.from({ length: 23 }, (_, power) => Number(`1e${power}`));

/** Strings up to this length are looked for among those read before. */
const SHORT_STRING = 24;
const CACHE_SIZE = 1024;
const cache: string[] = new Array<string>(CACHE_SIZE).fill('');

/** Reads the value that a scan found; undefined when it found none. */
export function readValue({ starts, ends }: Sightings, slot: number, text: Text): Json | undefined {
  const start = starts[slot] as number;
  return start < 0 ? undefined : valueIn(text, start, ends[slot] as number);
}

/**
 * Writes the value that a scan found as {@link stringifyJson} would print it, without reading it where it stands so.
 *
 * @returns false when there is none
 */
export function copyValue({ starts, ends, isOdd }: Sightings, slot: number, text: Text, into: ByteWriter): boolean {
  const start = starts[slot] as number;
  if (start < 0) return false;
  const end = ends[slot] as number;
  if (isOdd[slot] === 0 || isShortestDouble(text, start, end)) into.copy(text, start, end);
  else into.text(stringifyJson(valueIn(text, start, end)));
  return true;
}

function valueIn({ bytes }: Text, start: number, end: number): Json {
  switch (bytes[start]) {
    case QUOTE:
      return readString(bytes, start + 1, end - 1);
    case 0x74:
      return true;
    case 0x66:
      return false;
    case 0x6e:
      return null;
    case OPEN_ARRAY:
    case OPEN_OBJECT:
      return parseJson(bytes.toString('utf8', start, end), Number.POSITIVE_INFINITY);
    default:
      return shortNumber(bytes, start, end) ?? readNumber(bytes.toString('latin1', start, end));
  }
}

function readString(bytes: Buffer, start: number, end: number): string {
  if (end - start <= SHORT_STRING) return shortString(bytes, start, end);
  for (let at = start; at < end; at++) {
    if (bytes[at] === BACKSLASH) return JSON.parse(bytes.toString('utf8', start - 1, end + 1)) as string;
  }
  return bytes.toString('utf8', start, end);
}

/** Levels, countries, names: short strings come again and again, and comparing is faster than making them. */
function shortString(bytes: Buffer, start: number, end: number): string {
  let hash = end - start;
  for (let at = start; at < end; at++) {
    const byte = bytes[at] as number;
    if (byte === BACKSLASH) return JSON.parse(bytes.toString('utf8', start - 1, end + 1)) as string;
    hash = (Math.imul(hash, 31) + byte) | 0;
  }
  const place = (hash ^ (hash >>> 10)) & (CACHE_SIZE - 1);
  const known = cache[place] as string;
  if (isSameText(known, bytes, start, end)) return known;
  const text = bytes.toString('utf8', start, end);
  cache[place] = text;
  return text;
}

/** Whether the bytes are the text. False for any text beyond ASCII. */
function isSameText(text: string, bytes: Uint8Array, start: number, end: number): boolean {
  const { length } = text;
  if (length !== end - start) return false;
  for (let at = 0; at < length; at++) {
    const code = text.charCodeAt(at);
    if (code !== bytes[start + at] || code > 0x7f) return false;
  }
  return true;
}

/** @returns undefined when it has an exponent, or more digits than a double surely holds */
function shortNumber(bytes: Uint8Array, start: number, end: number): number | undefined {
  const isNegative = bytes[start] === MINUS;
  if (end - start > EXACT_DIGITS_MAX) return undefined;
  let digits = 0;
  let point = end - 1;
  for (let at = isNegative ? start + 1 : start; at < end; at++) {
    const byte = bytes[at] as number;
    if (byte === POINT) point = at;
    else if (byte > NINE || byte < ZERO) return undefined;
    else digits = digits * 10 + (byte - ZERO);
  }
  const value = digits / (POWERS[end - 1 - point] as number);
  return isNegative ? -value : value;
}

/** Whether it is a number that a double prints exactly as it is written: most long ones were printed from doubles. */
function isShortestDouble({ bytes }: Text, start: number, end: number): boolean {
  const first = bytes[start] as number;
  if (first !== MINUS && (first < ZERO || first > NINE)) return false;
  const number = bytes.toString('latin1', start, end);
  return String(Number(number)) === number;
}

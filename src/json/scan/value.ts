import type { Json } from 'computo-js';
import { readNumber } from '../number.js';
import { parseJson } from '../parse.js';
import { stringifyJson } from '../stringify.js';
import type { ByteWriter } from './byte-writer.js';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;

/** Integers of so many digits fit a double and print as they are written. */
const PLAIN_DIGITS_MAX = 15;

/**
 * Reads the value that stands in the bytes from `start` to `end`.
 *
 * @param bytes UTF-8, known to hold one valid JSON value there
 */
export function readValue(bytes: Buffer, start: number, end: number): Json {
  switch (bytes[start]) {
    case QUOTE:
      return hasBackslash(bytes, start, end)
        ? (JSON.parse(bytes.toString('utf8', start, end)) as string)
        : bytes.toString('utf8', start + 1, end - 1);
    case 0x74:
      return true;
    case 0x66:
      return false;
    case 0x6e:
      return null;
    case 0x5b:
    case 0x7b:
      return parseJson(bytes.toString('utf8', start, end), Number.POSITIVE_INFINITY);
    default:
      return plainInteger(bytes, start, end) ?? readNumber(bytes.toString('latin1', start, end));
  }
}

/**
 * Writes the value as {@link stringifyJson} would print it after reading, without reading it where it already stands so.
 *
 * @param bytes UTF-8, known to hold one valid JSON value from `start` to `end`
 */
export function copyValue(bytes: Buffer, start: number, end: number, into: ByteWriter): void {
  if (printsAsWritten(bytes, start, end)) into.copy(bytes, start, end);
  else into.text(stringifyJson(readValue(bytes, start, end)));
}

function printsAsWritten(bytes: Buffer, start: number, end: number): boolean {
  switch (bytes[start]) {
    case QUOTE:
      // An escape may stand for a character that needs none. Bytes that need one are not valid unescaped.
      return !hasBackslash(bytes, start, end);
    case 0x74:
    case 0x66:
    case 0x6e:
      return true;
    case 0x5b:
    case 0x7b:
      return end - start === 2;
    default:
      return isPlainNumber(bytes, start, end);
  }
}

function hasBackslash(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (bytes[at] === BACKSLASH) return true;
  return false;
}

/** An integer of few digits, or a decimal of few digits that does not end in 0 and is not tiny: a double prints it alike. */
function isPlainNumber(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start > PLAIN_DIGITS_MAX) return false;
  let point = -1;
  for (let at = start; at < end; at++) {
    const byte = bytes[at] as number;
    if (byte === POINT) point = at;
    else if (byte > 0x39) return false;
  }
  const first = bytes[start] === MINUS ? start + 1 : start;
  if (point === -1) return first === start || bytes[first] !== ZERO;
  // A double below 1e-6 prints with an exponent: one digit before that is zero means at most five zeros more.
  return bytes[end - 1] !== ZERO && (bytes[first] !== ZERO || bytes[point + 1] !== ZERO || end - point <= 6);
}

/** @returns undefined when it is no integer, or one of more digits than a double surely holds */
function plainInteger(bytes: Uint8Array, start: number, end: number): number | undefined {
  if (end - start > PLAIN_DIGITS_MAX) return undefined;
  const negative = bytes[start] === MINUS;
  let value = 0;
  for (let at = negative ? start + 1 : start; at < end; at++) {
    const digit = (bytes[at] as number) - ZERO;
    if (digit < 0 || digit > 9) return undefined;
    value = value * 10 + digit;
  }
  return negative ? -value : value;
}

import { readNumber, type Json } from 'computo-js';
import { parseJson } from '../parse.js';
import { stringifyJson } from '../stringify.js';
import type { ByteWriter } from './byte-writer.js';
import { MINUS, NEWLINE, NINE, OPEN_ARRAY, OPEN_OBJECT, QUOTE, ZERO } from './bytes.js';
import { readPlainValue } from './plain-value.js';
import { readString } from './short-strings.js';
import type { Scanner } from './scanner.js';
import type { ValueSlots } from './value-slots.js';
import type { Text } from './skip.js';

/** The first byte of `null`. */
const LOWER_N = 0x6e;

/** Reads the value that a scan found; undefined if it found none. */
export function readValue({ starts, ends, isOdd }: ValueSlots, slot: number, text: Text): Json | undefined {
  const start = starts[slot] as number;
  if (start < 0) return undefined;
  const end = ends[slot] as number;
  if (text.bytes[start] === QUOTE) return readString(text, start + 1, end - 1);
  const plain = isOdd[slot] === 0 ? readPlainValue(text, start) : undefined;
  return plain ?? readOdd(text, start, end);
}

/** Whether a scan found null or no value. */
export function isNullOrMissing({ starts }: ValueSlots, slot: number, { bytes }: Text): boolean {
  const start = starts[slot] as number;
  return start < 0 || bytes[start] === LOWER_N;
}

/**
 * Writes the value that a scan found, as {@link stringifyJson} would print it. Copies the bytes if they already look like that.
 *
 * @returns false if there is no value
 */
export function copyValue({ starts, ends, isOdd }: ValueSlots, slot: number, text: Text, into: ByteWriter): boolean {
  const start = starts[slot] as number;
  if (start < 0) return false;
  const end = ends[slot] as number;
  if (isOdd[slot] === 0 || isShortestDouble(text, start, end)) into.copy(text, start, end);
  else into.text(stringifyJson(readOdd(text, start, end)));
  return true;
}

/**
 * Writes the elements of the array in the slot whose elements are wanted, each on a line of its own and as {@link stringifyJson}
 * would print it.
 *
 * @returns the number of elements; 0 if there is no array
 */
export function copyElements({ starts, elements }: Scanner, slot: number, text: Text, into: ByteWriter): number {
  const start = starts[slot] as number;
  if (start < 0 || text.bytes[start] !== OPEN_ARRAY) return 0;
  const { count } = elements;
  for (let element = 0; element < count; element++) {
    copyValue(elements, element, text, into);
    into.byte(NEWLINE);
  }
  return count;
}

/**
 * Writes a string that a scan found, without its quotes, or a number or boolean.
 *
 * @returns false if there is no value, or it has another type or a notation that we would not print
 */
export function copyText({ starts, ends, isOdd }: ValueSlots, slot: number, text: Text, into: ByteWriter): boolean {
  const start = starts[slot] as number;
  if (start < 0 || isOdd[slot] === 1) return false;
  const end = ends[slot] as number;
  switch (text.bytes[start]) {
    case OPEN_ARRAY:
    case OPEN_OBJECT:
    case LOWER_N:
      return false;
    case QUOTE:
      into.copy(text, start + 1, end - 1);
      return true;
    default:
      into.copy(text, start, end);
      return true;
  }
}

function readOdd(text: Text, start: number, end: number): Json {
  const { bytes } = text;
  switch (bytes[start]) {
    case QUOTE:
      return readString(text, start + 1, end - 1);
    case LOWER_N:
      return null;
    case OPEN_ARRAY:
    case OPEN_OBJECT:
      return parseJson(bytes.toString('utf8', start, end), Number.POSITIVE_INFINITY);
    default:
      return readNumber(bytes.toString('latin1', start, end));
  }
}

/** Whether the value is a number that a double prints exactly as written: most long numbers were printed from doubles. */
function isShortestDouble({ bytes }: Text, start: number, end: number): boolean {
  const first = bytes[start] as number;
  if (first !== MINUS && (first < ZERO || first > NINE)) return false;
  const number = bytes.toString('latin1', start, end);
  return String(Number(number)) === number;
}

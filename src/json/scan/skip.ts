import {
  BACKSLASH,
  CARRIAGE_RETURN,
  ENDS_RUN,
  IS_ESCAPED,
  IS_HEX,
  MINUS,
  NINE,
  POINT,
  QUOTE,
  REFUSED,
  SLASH,
  SPACE,
  TAB,
  ZERO,
} from './bytes.js';
import type { Scan } from './value-slots.js';

/** Bytes to scan: the same memory, readable by the byte and by four bytes. The last byte is a newline. */
export interface Text {
  readonly bytes: Buffer;
  readonly words: DataView;
  /** The number of bytes, because reading it from a DataView is slow. */
  readonly length: number;
}

/** @param bytes whole lines, the last one with its newline */
export function textOf(bytes: Buffer): Text {
  return { bytes, words: new DataView(bytes.buffer, bytes.byteOffset, bytes.length), length: bytes.length };
}

/** Numbers with this many characters fit a double with digits to spare. */
const PLAIN_NUMBER_MAX = 15;
/** The most digits after the decimal point with which a nonzero number below 1 prints without an exponent. */
const SMALL_FRACTION_MAX = 6;

/**
 * @param from the position after the opening quote
 * @returns the position after the closing quote
 */
export function skipString(text: Text, from: number, scan: Scan): number {
  let at = from;
  for (;;) {
    at = endOfRun(text, at);
    const byte = text.bytes[at];
    if (byte === QUOTE) return at + 1;
    if (byte !== BACKSLASH) throw REFUSED;
    at = skipEscape(text.bytes, at, scan);
  }
}

/** Returns where a run of plain characters ends: at a quote, a backslash or a control character. */
function endOfRun({ bytes, words, length }: Text, start: number): number {
  let at = start;
  for (const last = length - 4; at <= last; at += 4) {
    const ends = endsIn(words.getInt32(at, true));
    if (ends !== 0) return at + (lowestBit(ends) >> 3);
  }
  while (ENDS_RUN[bytes[at] as number] === 0) at += 1;
  return at;
}

/**
 * Returns the high bit of each byte of a word that is below 0x20, a quote or a backslash, because a subtraction borrows from it.
 * A borrow may also mark bytes after such a byte, so only the lowest mark counts.
 */
function endsIn(word: number): number {
  const quote = word ^ 0x22222222;
  const backslash = word ^ 0x5c5c5c5c;
  return (
    (((word - 0x20202020) & ~word) | ((quote - 0x01010101) & ~quote) | ((backslash - 0x01010101) & ~backslash)) &
    0x80808080
  );
}

function lowestBit(word: number): number {
  return 31 - Math.clz32(word & -word);
}

function skipEscape(bytes: Uint8Array, backslash: number, scan: Scan): number {
  const escaped = bytes[backslash + 1] as number;
  // We print these short escapes, so they are not odd.
  if (IS_ESCAPED[escaped] === 1) return backslash + 2;
  scan.passedOdd = true;
  if (escaped === SLASH) return backslash + 2;
  if (escaped !== 0x75) throw REFUSED;
  const end = backslash + 6;
  for (let digit = backslash + 2; digit < end; digit++) if (IS_HEX[bytes[digit] as number] !== 1) throw REFUSED;
  return end;
}

/** Skips a number, `true`, `false` or `null`. */
export function skipScalar(bytes: Uint8Array, at: number, scan: Scan): number {
  return (bytes[at] as number) <= NINE ? skipNumber(bytes, at, scan) : skipWord(bytes, at);
}

/** Skips `true`, `false` or `null`. */
export function skipWord(bytes: Uint8Array, at: number): number {
  switch (bytes[at]) {
    case 0x74: // true
      if (bytes[at + 1] === 0x72 && bytes[at + 2] === 0x75 && bytes[at + 3] === 0x65) return at + 4;
      throw REFUSED;
    case 0x66: // false
      if (bytes[at + 1] === 0x61 && bytes[at + 2] === 0x6c && bytes[at + 3] === 0x73 && bytes[at + 4] === 0x65)
        return at + 5;
      throw REFUSED;
    case 0x6e: // null
      if (bytes[at + 1] === 0x75 && bytes[at + 2] === 0x6c && bytes[at + 3] === 0x6c) return at + 4;
      throw REFUSED;
    default:
      throw REFUSED;
  }
}

export function skipNumber(bytes: Uint8Array, start: number, scan: Scan): number {
  const first = bytes[start] === MINUS ? start + 1 : start;
  let at = first;
  if (bytes[at] === ZERO) at += 1;
  else at = skipDigits(bytes, at);
  let next = bytes[at] as number;
  if (next === POINT) {
    const point = at;
    at = skipDigits(bytes, at + 1);
    next = bytes[at] as number;
    // Printing drops a trailing zero and switches to an exponent below 1e-6.
    if (bytes[at - 1] === ZERO) scan.passedOdd = true;
    if (bytes[first] === ZERO && bytes[point + 1] === ZERO && at - point > SMALL_FRACTION_MAX) scan.passedOdd = true;
  } else if (first !== start && bytes[first] === ZERO) {
    scan.passedOdd = true;
  }
  if (at - start > PLAIN_NUMBER_MAX) scan.passedOdd = true;
  if ((next | 0x20) !== 0x65) return at;
  scan.passedOdd = true;
  at += 1;
  if (bytes[at] === 0x2b || bytes[at] === MINUS) at += 1;
  return skipDigits(bytes, at);
}

/** Skips at least one digit. */
function skipDigits(bytes: Uint8Array, start: number): number {
  let at = start;
  let byte = bytes[at] as number;
  while (byte >= ZERO && byte <= NINE) byte = bytes[++at] as number;
  if (at === start) throw REFUSED;
  return at;
}

/** Skips white space inside a line. A newline ends the line, so it is not skipped. */
export function skipSpace(bytes: Uint8Array, start: number, scan: Scan): number {
  let at = start;
  for (;;) {
    const byte = bytes[at];
    if (byte !== SPACE && byte !== TAB && byte !== CARRIAGE_RETURN) return at;
    scan.passedOdd = true;
    at += 1;
  }
}

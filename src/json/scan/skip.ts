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
  SPACE,
  TAB,
  ZERO,
} from './bytes.js';

/** Bytes that a scan goes over: the same memory, a byte at a time and four at a time. The last byte is a newline. */
export interface Text {
  readonly bytes: Uint8Array;
  readonly words: DataView;
}

/** What a scan noticed on its way. */
export interface Notes {
  /** Set when something passed over is not written the way we print it: white space, an escape, an unusual number. */
  isOdd: boolean;
}

/** Numbers of so many characters fit a double with digits to spare. */
const PLAIN_NUMBER_MAX = 15;
/** Digits after the point of a number below 1 that surely prints without an exponent, if it is not zero. */
const SMALL_FRACTION_MAX = 6;

/**
 * @param from after the opening quote
 * @returns after the closing one
 */
export function skipString({ bytes, words }: Text, from: number, notes: Notes): number {
  let at = from;
  const lastWord = words.byteLength - 4;
  for (;;) {
    // Four bytes at a time while none of them ends the run; a bit too cautious, so the loop after it has the last word.
    while (at <= lastWord && !mayEndRun(words.getInt32(at, true))) at += 4;
    while (ENDS_RUN[bytes[at] as number] === 0) at += 1;
    const byte = bytes[at];
    if (byte === QUOTE) return at + 1;
    if (byte !== BACKSLASH) throw REFUSED;
    notes.isOdd = true;
    at = skipEscape(bytes, at);
  }
}

/** Whether one of four bytes is below 0x20, a quote or a backslash. Sometimes says so of a byte after such a one. */
function mayEndRun(word: number): boolean {
  const quote = word ^ 0x22222222;
  const backslash = word ^ 0x5c5c5c5c;
  return (
    ((((word - 0x20202020) & ~word) | ((quote - 0x01010101) & ~quote) | ((backslash - 0x01010101) & ~backslash)) &
      0x80808080) !==
    0
  );
}

function skipEscape(bytes: Uint8Array, backslash: number): number {
  const escaped = bytes[backslash + 1] as number;
  if (IS_ESCAPED[escaped] === 1) return backslash + 2;
  if (escaped !== 0x75) throw REFUSED;
  const end = backslash + 6;
  for (let digit = backslash + 2; digit < end; digit++) if (IS_HEX[bytes[digit] as number] !== 1) throw REFUSED;
  return end;
}

/** Passes over `true`, `false`, `null` or a number. */
export function skipScalar(bytes: Uint8Array, at: number, notes: Notes): number {
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
      return skipNumber(bytes, at, notes);
  }
}

function skipNumber(bytes: Uint8Array, start: number, notes: Notes): number {
  const first = bytes[start] === MINUS ? start + 1 : start;
  let at = first;
  if (bytes[at] === ZERO) at += 1;
  else at = skipDigits(bytes, at);
  let next = bytes[at] as number;
  if (next === POINT) {
    const point = at;
    at = skipDigits(bytes, at + 1);
    next = bytes[at] as number;
    // Printing drops a last zero, and turns to an exponent below 1e-6.
    if (bytes[at - 1] === ZERO) notes.isOdd = true;
    if (bytes[first] === ZERO && bytes[point + 1] === ZERO && at - point > SMALL_FRACTION_MAX) notes.isOdd = true;
  } else if (first !== start && bytes[first] === ZERO) {
    notes.isOdd = true;
  }
  if (at - start > PLAIN_NUMBER_MAX) notes.isOdd = true;
  if ((next | 0x20) !== 0x65) return at;
  notes.isOdd = true;
  at += 1;
  if (bytes[at] === 0x2b || bytes[at] === MINUS) at += 1;
  return skipDigits(bytes, at);
}

/** At least one digit. */
function skipDigits(bytes: Uint8Array, start: number): number {
  let at = start;
  let byte = bytes[at] as number;
  while (byte >= ZERO && byte <= NINE) byte = bytes[++at] as number;
  if (at === start) throw REFUSED;
  return at;
}

/** White space inside a line: a newline ends the line, so it is none. */
export function skipSpace(bytes: Uint8Array, start: number, notes: Notes): number {
  let at = start;
  for (;;) {
    const byte = bytes[at];
    if (byte !== SPACE && byte !== TAB && byte !== CARRIAGE_RETURN) return at;
    notes.isOdd = true;
    at += 1;
  }
}

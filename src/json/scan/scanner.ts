import { fieldTree, type FieldTree } from './field-tree.js';

/**
 * Finds a few fields in lines of JSON without building anything: it walks over the bytes once, checks that they are JSON,
 * and notes where the wanted values start and end.
 *
 * The scanner is an optimist. It accepts only what it fully understands: a line it accepts is valid JSON and its fields are
 * where it says; a line it refuses may be broken, or merely unusual (a key written with escapes, a duplicate among the
 * wanted keys, deep nesting), and must be read by the full parser, whose word is final.
 */
export interface Scanner {
  /**
   * @param bytes valid UTF-8
   * @param start where the line starts
   * @returns where the line ends (the place of its newline); −1 when it is refused. A line must end with a newline.
   */
  scan(bytes: Uint8Array, start: number): number;
  /** For each wanted pointer where its value starts in the line scanned last; −1 when it is not there. */
  readonly starts: Int32Array;
  /** One past its last byte. */
  readonly ends: Int32Array;
}

/** Deeper data goes to the full parser, which needs no stack. */
const SCAN_DEPTH_MAX = 100;

/** No line of JSON: thrown inside only, and always the same object, because making one costs more than a whole line. */
const REFUSED = new Error('refused');

/** What ends a run of plain characters in a string: the quote, the backslash, control characters. */
const ENDS_RUN = tableOf((byte) => byte < 0x20 || byte === 0x22 || byte === 0x5c);
/** White space inside a line; the newline ends the line, so it is none. */
const IS_SPACE = tableOf((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0d);
const IS_DIGIT = tableOf((byte) => byte >= 0x30 && byte <= 0x39);
const IS_HEX = tableOf((byte) => /[0-9a-fA-F]/.test(String.fromCharCode(byte)));
const IS_ESCAPED = tableOf((byte) => '"\\/bfnrt'.includes(String.fromCharCode(byte)));

const NEWLINE = 0x0a;
const QUOTE = 0x22;
const COMMA = 0x2c;
const MINUS = 0x2d;
const COLON = 0x3a;
const OPEN_ARRAY = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/**
 * @param pointers the wanted fields, as lists of decoded segments, no two equal
 * @param depthMax levels of nesting that data may have
 */
export function createScanner(pointers: readonly (readonly string[])[], depthMax: number): Scanner {
  const scanDepthMax = Math.min(depthMax, SCAN_DEPTH_MAX);
  const tree = fieldTree(pointers);
  const starts = new Int32Array(pointers.length);
  const ends = new Int32Array(pointers.length);
  let line = 0;

  /** Passes over the value at `at`, whose fields are wanted. */
  const scanWanted = (bytes: Uint8Array, start: number, node: FieldTree, levels: number): number => {
    let end: number;
    if (node.keys.length === 0) end = skipValue(bytes, start, levels);
    else if (bytes[start] === OPEN_OBJECT) end = scanObject(bytes, start, node, levels);
    // An array may be asked for an index; that is rare enough for the full parser.
    else if (bytes[start] === OPEN_ARRAY) throw REFUSED;
    else end = skipValue(bytes, start, levels);
    if (node.slot >= 0) {
      starts[node.slot] = start;
      ends[node.slot] = end;
    }
    return end;
  };

  const scanObject = (bytes: Uint8Array, start: number, node: FieldTree, levels: number): number => {
    if (levels === 0) throw REFUSED;
    let at = skipSpace(bytes, start + 1);
    if (bytes[at] === CLOSE_OBJECT) return at + 1;
    for (;;) {
      if (bytes[at] !== QUOTE) throw REFUSED;
      const keyStart = at + 1;
      at = keyStart;
      // A key with an escape in it may be a wanted one in disguise.
      while (ENDS_RUN[bytes[at] as number] === 0) at += 1;
      if (bytes[at] !== QUOTE) throw REFUSED;
      const child = childFor(bytes, keyStart, at, node);
      at = skipSpace(bytes, at + 1);
      if (bytes[at] !== COLON) throw REFUSED;
      at = skipSpace(bytes, at + 1);
      if (child === undefined) {
        at = skipValue(bytes, at, levels - 1);
      } else {
        if (child.seenInLine === line) throw REFUSED;
        child.seenInLine = line;
        at = scanWanted(bytes, at, child, levels - 1);
      }
      at = skipSpace(bytes, at);
      const next = bytes[at];
      if (next === CLOSE_OBJECT) return at + 1;
      if (next !== COMMA) throw REFUSED;
      at = skipSpace(bytes, at + 1);
    }
  };

  return {
    starts,
    ends,
    scan(bytes, start) {
      line += 1;
      starts.fill(-1);
      try {
        const end = skipSpace(bytes, scanWanted(bytes, skipSpace(bytes, start), tree, scanDepthMax));
        return bytes[end] === NEWLINE ? end : -1;
      } catch (error) {
        if (error !== REFUSED) throw error;
        return -1;
      }
    },
  };
}

function childFor(bytes: Uint8Array, start: number, end: number, node: FieldTree): FieldTree | undefined {
  const length = end - start;
  const { keys } = node;
  for (let index = 0; index < keys.length; index++) {
    const key = keys[index] as Uint8Array;
    if (key.length !== length) continue;
    let same = 0;
    while (same < length && key[same] === bytes[start + same]) same += 1;
    if (same === length) return node.children[index];
  }
  return undefined;
}

/**
 * Where the value at `at` ends, once it is known to be valid.
 *
 * @param levels of nesting that are still allowed
 */
function skipValue(bytes: Uint8Array, at: number, levels: number): number {
  switch (bytes[at]) {
    case QUOTE:
      return skipString(bytes, at + 1);
    case OPEN_OBJECT:
      return skipObject(bytes, at, levels);
    case OPEN_ARRAY:
      return skipArray(bytes, at, levels);
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
      return skipNumber(bytes, at);
  }
}

function skipObject(bytes: Uint8Array, start: number, levels: number): number {
  if (levels === 0) throw REFUSED;
  let at = skipSpace(bytes, start + 1);
  if (bytes[at] === CLOSE_OBJECT) return at + 1;
  for (;;) {
    if (bytes[at] !== QUOTE) throw REFUSED;
    at = skipSpace(bytes, skipString(bytes, at + 1));
    if (bytes[at] !== COLON) throw REFUSED;
    at = skipSpace(bytes, skipValue(bytes, skipSpace(bytes, at + 1), levels - 1));
    const next = bytes[at];
    if (next === CLOSE_OBJECT) return at + 1;
    if (next !== COMMA) throw REFUSED;
    at = skipSpace(bytes, at + 1);
  }
}

function skipArray(bytes: Uint8Array, start: number, levels: number): number {
  if (levels === 0) throw REFUSED;
  let at = skipSpace(bytes, start + 1);
  if (bytes[at] === CLOSE_ARRAY) return at + 1;
  for (;;) {
    at = skipSpace(bytes, skipValue(bytes, at, levels - 1));
    const next = bytes[at];
    if (next === CLOSE_ARRAY) return at + 1;
    if (next !== COMMA) throw REFUSED;
    at = skipSpace(bytes, at + 1);
  }
}

/** @param from after the opening quote; @returns after the closing one */
function skipString(bytes: Uint8Array, from: number): number {
  let at = from;
  for (;;) {
    while (ENDS_RUN[bytes[at] as number] === 0) at += 1;
    const byte = bytes[at];
    if (byte === QUOTE) return at + 1;
    if (byte !== BACKSLASH) throw REFUSED;
    const escaped = bytes[at + 1] as number;
    if (IS_ESCAPED[escaped] === 1) {
      at += 2;
    } else if (escaped === 0x75) {
      for (let digit = at + 2; digit < at + 6; digit++) if (IS_HEX[bytes[digit] as number] !== 1) throw REFUSED;
      at += 6;
    } else {
      throw REFUSED;
    }
  }
}

function skipNumber(bytes: Uint8Array, start: number): number {
  let at = start;
  if (bytes[at] === MINUS) at += 1;
  if (bytes[at] === 0x30) at += 1;
  else at = skipDigits(bytes, at);
  if (bytes[at] === 0x2e) at = skipDigits(bytes, at + 1);
  if (bytes[at] === 0x65 || bytes[at] === 0x45) {
    at += 1;
    if (bytes[at] === 0x2b || bytes[at] === MINUS) at += 1;
    at = skipDigits(bytes, at);
  }
  return at;
}

/** At least one digit. */
function skipDigits(bytes: Uint8Array, start: number): number {
  let at = start;
  while (IS_DIGIT[bytes[at] as number] === 1) at += 1;
  if (at === start) throw REFUSED;
  return at;
}

function skipSpace(bytes: Uint8Array, start: number): number {
  let at = start;
  while (IS_SPACE[bytes[at] as number] === 1) at += 1;
  return at;
}

function tableOf(holds: (byte: number) => boolean): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, byte) => (holds(byte) ? 1 : 0));
}

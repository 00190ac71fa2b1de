import { CLOSE_ARRAY, CLOSE_OBJECT, COLON, COMMA, OPEN_ARRAY, OPEN_OBJECT, QUOTE, REFUSED } from './bytes.js';
import { childAt, type FieldTree } from './field-tree.js';
import { resetOdd, type ElementSlots, type Scan } from './value-slots.js';
import { skipScalar, skipSpace, skipString, type Text } from './skip.js';

/**
 * Scans the value at `start` step by step and records the wanted fields in it.
 *
 * @param levels how many more levels of nesting are allowed
 * @returns one past the value's end
 * @throws REFUSED if the value is not JSON or is unusual
 */
export function readValueCarefully(
  text: Text,
  start: number,
  wanted: FieldTree | undefined,
  scan: Scan,
  levels: number,
): number {
  if (wanted === undefined) return scanValue(text, start, undefined, scan, levels);
  const oddBefore = resetOdd(scan);
  const end = scanValue(text, start, wanted, scan, levels);
  if (wanted.slot >= 0) {
    scan.starts[wanted.slot] = start;
    scan.ends[wanted.slot] = end;
    scan.isOdd[wanted.slot] = scan.passedOdd ? 1 : 0;
  }
  scan.passedOdd ||= oddBefore;
  return end;
}

function scanValue(text: Text, at: number, wanted: FieldTree | undefined, scan: Scan, levels: number): number {
  switch (text.bytes[at]) {
    case QUOTE:
      return skipString(text, at + 1, scan);
    case OPEN_OBJECT:
      return readObject(text, at, wanted, scan, levels);
    case OPEN_ARRAY:
      // An array index may be wanted, which is rare enough to leave to the full parser.
      if (wanted !== undefined && wanted.keys.length > 0) throw REFUSED;
      return readArray(text, at, wanted?.elements, scan, levels);
    default:
      return skipScalar(text.bytes, at, scan);
  }
}

function readObject(text: Text, start: number, wanted: FieldTree | undefined, scan: Scan, levels: number): number {
  if (levels === 0) throw REFUSED;
  const at = skipSpace(text.bytes, start + 1, scan);
  if (text.bytes[at] === CLOSE_OBJECT) return at + 1;
  return readMembers(text, at, wanted, scan, levels);
}

/** Reads the rest of an object, starting at one of its keys. */
export function readMembers(
  text: Text,
  firstKey: number,
  wanted: FieldTree | undefined,
  scan: Scan,
  levels: number,
): number {
  const { bytes } = text;
  // Only a shape can prove that no key occurs twice.
  scan.passedOdd = true;
  let at = firstKey;
  for (;;) {
    const keyEnd = readKey(text, at, wanted, scan);
    const child = wanted === undefined ? undefined : childAt(wanted, bytes, at + 1, keyEnd - 1);
    at = readColon(bytes, keyEnd, scan);
    if (child !== undefined) {
      if (child.seenInLine === scan.line) throw REFUSED;
      child.seenInLine = scan.line;
    }
    at = skipSpace(bytes, readValueCarefully(text, at, child, scan, levels - 1), scan);
    const next = bytes[at];
    if (next === CLOSE_OBJECT) return at + 1;
    if (next !== COMMA) throw REFUSED;
    at = skipSpace(bytes, at + 1, scan);
  }
}

/**
 * Scans a key. If keys are wanted, rejects a key that is not written as we would print it, because it may be a wanted key in
 * another notation.
 */
export function readKey(text: Text, at: number, wanted: FieldTree | undefined, scan: Scan): number {
  if (text.bytes[at] !== QUOTE) throw REFUSED;
  const oddBefore = resetOdd(scan);
  const end = skipString(text, at + 1, scan);
  if (scan.passedOdd && wanted !== undefined && wanted.keys.length > 0) throw REFUSED;
  scan.passedOdd ||= oddBefore;
  return end;
}

/** Skips from the end of a key to the start of its value. */
export function readColon(bytes: Uint8Array, keyEnd: number, scan: Scan): number {
  const colon = skipSpace(bytes, keyEnd, scan);
  if (bytes[colon] !== COLON) throw REFUSED;
  return skipSpace(bytes, colon + 1, scan);
}

function readArray(text: Text, start: number, elements: ElementSlots | undefined, scan: Scan, levels: number): number {
  const { bytes } = text;
  if (levels === 0) throw REFUSED;
  if (elements !== undefined) elements.count = 0;
  let at = skipSpace(bytes, start + 1, scan);
  if (bytes[at] === CLOSE_ARRAY) return at + 1;
  for (;;) {
    const oddBefore = resetOdd(scan);
    const end = scanValue(text, at, undefined, scan, levels - 1);
    elements?.add(at, end, scan.passedOdd);
    scan.passedOdd ||= oddBefore;
    at = skipSpace(bytes, end, scan);
    const next = bytes[at];
    if (next === CLOSE_ARRAY) return at + 1;
    if (next !== COMMA) throw REFUSED;
    at = skipSpace(bytes, at + 1, scan);
  }
}

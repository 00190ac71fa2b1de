import { readColon, readKey, readMembers } from './careful.js';
import { CLOSE_ARRAY, CLOSE_OBJECT, COMMA, NINE, OPEN_ARRAY, OPEN_OBJECT, QUOTE, REFUSED, SPACE } from './bytes.js';
import { isAt } from './byte-literal.js';
import type { ShapeLink, ShapeState, ShapeNode, Shapes } from './shape.js';
import { skipNumber, skipSpace, skipString, skipWord, type Text } from './skip.js';
import { resetOdd, type ElementSlots, type Scan } from './value-slots.js';

/**
 * Scans a value by the known shapes, and learns new ones.
 *
 * @param levels how many levels of nesting are allowed
 * @returns one past the value's end; −1 if it is rejected
 */
export function scanByShape(text: Text, start: number, shapes: Shapes, scan: Scan, levels: number): number {
  scan.line += 1;
  const { starts } = scan;
  for (let slot = 0; slot < starts.length; slot++) starts[slot] = -1;
  try {
    const { bytes } = text;
    const first = (bytes[start] as number) <= SPACE ? skipSpace(bytes, start, scan) : start;
    return scanNode(text, first, shapes.root, shapes, scan, levels);
  } catch (error) {
    if (error !== REFUSED) throw error;
    return -1;
  }
}

/** Scans the value at a known node and records it if it is wanted. */
function scanNode(text: Text, start: number, place: ShapeNode, shapes: Shapes, scan: Scan, levels: number): number {
  const { wanted } = place;
  if (wanted === undefined) return scanValue(text, start, place, shapes, scan, levels);
  const oddBefore = resetOdd(scan);
  const end = scanValue(text, start, place, shapes, scan, levels);
  const { slot } = wanted;
  if (slot >= 0) {
    scan.starts[slot] = start;
    scan.ends[slot] = end;
    scan.isOdd[slot] = scan.passedOdd ? 1 : 0;
  }
  if (oddBefore) scan.passedOdd = true;
  return end;
}

function scanValue(text: Text, at: number, place: ShapeNode, shapes: Shapes, scan: Scan, levels: number): number {
  const byte = text.bytes[at] as number;
  if (byte === QUOTE) return skipString(text, at + 1, scan);
  if (byte <= NINE) return skipNumber(text.bytes, at, scan);
  if (byte === OPEN_OBJECT) return scanObject(text, at, place, shapes, scan, levels);
  if (byte === OPEN_ARRAY) return scanArray(text, at, place, shapes, scan, levels);
  return skipWord(text.bytes, at);
}

function scanObject(text: Text, start: number, place: ShapeNode, shapes: Shapes, scan: Scan, levels: number): number {
  if (levels === 0) throw REFUSED;
  const { bytes } = text;
  let member = place.start;
  let at = start;
  for (;;) {
    let link = member.next;
    while (link !== undefined && !isAt(link, text, at)) link = link.other;
    if (link === undefined) {
      link = readLink(text, at, place, member, shapes, scan);
      if (link === undefined) return scanBeyondShape(text, at, place, member, scan, levels);
    }
    at += link.length;
    if (link.isOdd) scan.passedOdd = true;
    const inner = link.place;
    if (inner === undefined) return at;
    member = link.then;
    const { wanted } = inner;
    if (wanted === undefined) {
      const byte = bytes[at] as number;
      if (byte === QUOTE) at = skipString(text, at + 1, scan);
      else if (byte > SPACE && byte <= NINE) at = skipNumber(bytes, at, scan);
      else {
        if (byte <= SPACE) at = skipSpace(bytes, at, scan);
        at = scanValue(text, at, inner, shapes, scan, levels - 1);
      }
    } else {
      if ((bytes[at] as number) <= SPACE) at = skipSpace(bytes, at, scan);
      at = scanNode(text, at, inner, shapes, scan, levels - 1);
    }
  }
}

/** Reads the bytes between a value and the next one for the first time; undefined if the shape is full. */
function readLink(
  text: Text,
  start: number,
  place: ShapeNode,
  member: ShapeState,
  shapes: Shapes,
  scan: Scan,
): ShapeLink | undefined {
  const { bytes } = text;
  const oddBefore = resetOdd(scan);
  const keyStart = keyAfter(bytes, start, member, scan);
  let end = -keyStart;
  let key: { start: number; end: number } | undefined;
  if (keyStart > 0) {
    key = { start: keyStart, end: readKey(text, keyStart, place.wanted, scan) };
    end = readColon(bytes, key.end, scan);
  }
  const isOdd = scan.passedOdd;
  scan.passedOdd = oddBefore;
  return shapes.learn(place, member, bytes, { start, end, key, isOdd });
}

/** Returns where the next key starts, or the negated end of the object if there is no next key. */
function keyAfter(bytes: Uint8Array, start: number, member: ShapeState, scan: Scan): number {
  if (member.before === undefined) {
    const at = skipSpace(bytes, start + 1, scan);
    return bytes[at] === CLOSE_OBJECT ? -(at + 1) : at;
  }
  const at = skipSpace(bytes, start, scan);
  if (bytes[at] === CLOSE_OBJECT) return -(at + 1);
  if (bytes[at] !== COMMA) throw REFUSED;
  return skipSpace(bytes, at + 1, scan);
}

/** Reads the rest of an object without learning its shape. */
function scanBeyondShape(
  text: Text,
  start: number,
  place: ShapeNode,
  member: ShapeState,
  scan: Scan,
  levels: number,
): number {
  for (let at: ShapeState | undefined = member; at !== undefined; at = at.before) {
    if (at.wanted !== undefined) at.wanted.seenInLine = scan.line;
  }
  const keyStart = keyAfter(text.bytes, start, member, scan);
  return keyStart < 0 ? -keyStart : readMembers(text, keyStart, place.wanted, scan, levels);
}

function scanArray(text: Text, start: number, place: ShapeNode, shapes: Shapes, scan: Scan, levels: number): number {
  // An array index may be wanted, which is rare enough to leave to the full parser.
  if (levels === 0 || (place.wanted !== undefined && place.wanted.keys.length > 0)) throw REFUSED;
  const { bytes } = text;
  const elements = (place.elements ??= shapes.learnElements(place));
  const slots = place.wanted?.elements;
  if (slots !== undefined) slots.count = 0;
  let at = start + 1;
  if ((bytes[at] as number) <= SPACE) at = skipSpace(bytes, at, scan);
  if (bytes[at] === CLOSE_ARRAY) return at + 1;
  for (;;) {
    at =
      slots === undefined
        ? scanValue(text, at, elements, shapes, scan, levels - 1)
        : scanElement(text, at, elements, slots, shapes, scan, levels - 1);
    if ((bytes[at] as number) <= SPACE) at = skipSpace(bytes, at, scan);
    const next = bytes[at];
    if (next === CLOSE_ARRAY) return at + 1;
    if (next !== COMMA) throw REFUSED;
    at += 1;
    if ((bytes[at] as number) <= SPACE) at = skipSpace(bytes, at, scan);
  }
}

function scanElement(
  text: Text,
  start: number,
  place: ShapeNode,
  slots: ElementSlots,
  shapes: Shapes,
  scan: Scan,
  levels: number,
): number {
  const oddBefore = resetOdd(scan);
  const end = scanValue(text, start, place, shapes, scan, levels);
  slots.add(start, end, scan.passedOdd);
  if (oddBefore) scan.passedOdd = true;
  return end;
}

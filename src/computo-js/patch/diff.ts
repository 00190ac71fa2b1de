import { formatPointer } from '../pointer/index.js';
import { entriesOf, equal, isArray, isObject, type Json, type JsonObject } from '../value/index.js';

type Segments = readonly (string | number)[];
type Emit = (operation: JsonObject) => void;

/**
 * The operations (RFC 6902) that turn one value into another: applied to `before`, they yield what equals `after`.
 * Arrays keep what they share at both ends; between, elements are compared index by index.
 */
export function diff(before: Json, after: Json): JsonObject[] {
  const operations: JsonObject[] = [];
  compare(before, after, [], (operation) => operations.push(operation));
  return operations;
}

function compare(before: Json, after: Json, at: Segments, emit: Emit): void {
  if (isArray(before) && isArray(after)) compareArrays(before, after, at, emit);
  else if (isObject(before) && isObject(after)) compareObjects(before, after, at, emit);
  else if (!equal(before, after)) emit({ op: 'replace', path: formatPointer(at), value: after });
}

function compareObjects(before: JsonObject, after: JsonObject, at: Segments, emit: Emit): void {
  for (const [key, old] of entriesOf(before)) {
    const kept = Object.hasOwn(after, key) ? after[key] : undefined;
    if (kept === undefined) emit({ op: 'remove', path: formatPointer([...at, key]) });
    else compare(old, kept, [...at, key], emit);
  }
  for (const [key, value] of entriesOf(after)) {
    if (!Object.hasOwn(before, key)) emit({ op: 'add', path: formatPointer([...at, key]), value });
  }
}

function compareArrays(before: readonly Json[], after: readonly Json[], at: Segments, emit: Emit): void {
  const shorter = Math.min(before.length, after.length);
  const start = countShared(shorter, (index) => [before[index], after[index]]);
  const end = countShared(shorter - start, (index) => [before.at(-1 - index), after.at(-1 - index)]);

  const old = before.slice(start, before.length - end);
  const now = after.slice(start, after.length - end);
  for (const [index, value] of now.entries()) {
    const previous = old[index];
    const place = [...at, start + index];
    if (previous === undefined) emit({ op: 'add', path: formatPointer(place), value });
    else compare(previous, value, place, emit);
  }
  // From the back, so that the indices before stay what they were.
  for (let index = old.length - 1; index >= now.length; index--) {
    emit({ op: 'remove', path: formatPointer([...at, start + index]) });
  }
}

/** How many pairs, from the first, are equal. */
function countShared(lengthMax: number, pairAt: (index: number) => [Json | undefined, Json | undefined]): number {
  for (let index = 0; index < lengthMax; index++) {
    const [a, b] = pairAt(index);
    if (a === undefined || b === undefined || !equal(a, b)) return index;
  }
  return lengthMax;
}

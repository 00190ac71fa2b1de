import { formatPointer } from '../pointer/index.js';
import {
  entriesOf,
  equal,
  spendSteps,
  spendUnits,
  type Effort,
  isArray,
  isObject,
  type Json,
  type JsonObject,
} from '../value/index.js';

type Segments = readonly (string | number)[];

/** Values nested deeper than this are replaced as a whole where they differ. */
const DEPTH_MAX = 64;

/** A comparison under way. */
interface Comparison {
  readonly emit: (operation: JsonObject) => void;
  readonly effort: Effort;
}

/**
 * The operations (RFC 6902) that turn one value into another: applied to `before`, they yield what equals `after`.
 * Arrays keep what they share at both ends; between, elements are compared index by index.
 *
 * @throws EffortExceeded when the values are larger than `effort` allows
 */
export function diff(before: Json, after: Json, effort: Effort): JsonObject[] {
  const operations: JsonObject[] = [];
  const emit = (operation: JsonObject): void => {
    spendUnits(effort, 4);
    operations.push(operation);
  };
  compare(before, after, [], { emit, effort });
  return operations;
}

function compare(before: Json, after: Json, at: Segments, comparison: Comparison): void {
  const { emit, effort } = comparison;
  if (equal(before, after, effort)) return;
  if (at.length >= DEPTH_MAX) emit({ op: 'replace', path: formatPointer(at), value: after });
  else if (isArray(before) && isArray(after)) compareArrays(before, after, at, comparison);
  else if (isObject(before) && isObject(after)) compareObjects(before, after, at, comparison);
  else emit({ op: 'replace', path: formatPointer(at), value: after });
}

function compareObjects(before: JsonObject, after: JsonObject, at: Segments, comparison: Comparison): void {
  const { emit, effort } = comparison;
  spendSteps(effort, at.length);
  for (const [key, old] of entriesOf(before)) {
    const kept = Object.hasOwn(after, key) ? after[key] : undefined;
    if (kept === undefined) emit({ op: 'remove', path: formatPointer([...at, key]) });
    else compare(old, kept, [...at, key], comparison);
  }
  for (const [key, value] of entriesOf(after)) {
    if (!Object.hasOwn(before, key)) emit({ op: 'add', path: formatPointer([...at, key]), value });
  }
}

function compareArrays(before: readonly Json[], after: readonly Json[], at: Segments, comparison: Comparison): void {
  const { emit, effort } = comparison;
  spendSteps(effort, at.length);
  const shorter = Math.min(before.length, after.length);
  const start = countShared(shorter, effort, (index) => [before[index], after[index]]);
  const end = countShared(shorter - start, effort, (index) => [before.at(-1 - index), after.at(-1 - index)]);

  const old = before.slice(start, before.length - end);
  const now = after.slice(start, after.length - end);
  for (const [index, value] of now.entries()) {
    const previous = old[index];
    const place = [...at, start + index];
    if (previous === undefined) emit({ op: 'add', path: formatPointer(place), value });
    else compare(previous, value, place, comparison);
  }
  // From the back, so that the indices before stay what they were.
  for (let index = old.length - 1; index >= now.length; index--) {
    emit({ op: 'remove', path: formatPointer([...at, start + index]) });
  }
}

/** How many pairs, from the first, are equal. */
function countShared(
  lengthMax: number,
  effort: Effort,
  pairAt: (index: number) => [Json | undefined, Json | undefined],
): number {
  for (let index = 0; index < lengthMax; index++) {
    const [a, b] = pairAt(index);
    if (a === undefined || b === undefined || !equal(a, b, effort)) return index;
  }
  return lengthMax;
}

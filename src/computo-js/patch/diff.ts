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

/** Values nested deeper than this are replaced as a whole if they differ. */
const DEPTH_MAX = 64;
/** The size of an object with three members, and of its slot in the list. */
const UNITS_PER_OPERATION = 20;

/** A comparison in progress. */
interface Comparison {
  readonly emit: (op: 'add' | 'remove' | 'replace', at: Segments, value?: Json) => void;
  readonly effort: Effort;
}

/**
 * Returns the operations (RFC 6902) that turn one value into another: applied to `before`, they yield a value equal to `after`.
 * Arrays keep what they share at both ends; in between, elements are compared index by index.
 *
 * @throws EffortExceeded if the values are larger than `effort` allows
 */
export function diff(before: Json, after: Json, effort: Effort): JsonObject[] {
  const operations: JsonObject[] = [];
  const emit: Comparison['emit'] = (op, at, value) => {
    const path = formatPointer(at);
    spendUnits(effort, UNITS_PER_OPERATION + path.length);
    const operation = value === undefined ? { op, path } : { op, path, value };
    operations.push(operation);
  };
  compare(before, after, [], { emit, effort });
  return operations;
}

function compare(before: Json, after: Json, at: Segments, comparison: Comparison): void {
  const { emit, effort } = comparison;
  if (equal(before, after, effort)) return;
  if (at.length >= DEPTH_MAX) emit('replace', at, after);
  else if (isArray(before) && isArray(after)) compareArrays(before, after, at, comparison);
  else if (isObject(before) && isObject(after)) compareObjects(before, after, at, comparison);
  else emit('replace', at, after);
}

function compareObjects(before: JsonObject, after: JsonObject, at: Segments, comparison: Comparison): void {
  const { emit, effort } = comparison;
  for (const [key, old] of entriesOf(before, effort)) {
    spendSteps(effort, 1 + at.length);
    const kept = Object.hasOwn(after, key) ? after[key] : undefined;
    if (kept === undefined) emit('remove', [...at, key]);
    else compare(old, kept, [...at, key], comparison);
  }
  for (const [key, value] of entriesOf(after, effort)) {
    spendSteps(effort, 1);
    if (!Object.hasOwn(before, key)) emit('add', [...at, key], value);
  }
}

function compareArrays(before: readonly Json[], after: readonly Json[], at: Segments, comparison: Comparison): void {
  const { emit, effort } = comparison;
  const shorter = Math.min(before.length, after.length);
  const start = countShared(shorter, effort, (index) => [before[index], after[index]]);
  const end = countShared(shorter - start, effort, (index) => [before.at(-1 - index), after.at(-1 - index)]);

  spendUnits(effort, 2 * (before.length + after.length));
  const old = before.slice(start, before.length - end);
  const now = after.slice(start, after.length - end);
  for (const [index, value] of now.entries()) {
    spendSteps(effort, 1 + at.length);
    const previous = old[index];
    const place = [...at, start + index];
    if (previous === undefined) emit('add', place, value);
    else compare(previous, value, place, comparison);
  }
  // From the end, so that earlier indices stay valid.
  for (let index = old.length - 1; index >= now.length; index--) {
    emit('remove', [...at, start + index]);
  }
}

/** Returns how many pairs are equal, from the first. */
function countShared(
  lengthMax: number,
  effort: Effort,
  pairAt: (index: number) => [Json | undefined, Json | undefined],
): number {
  for (let index = 0; index < lengthMax; index++) {
    spendSteps(effort, 1);
    const [a, b] = pairAt(index);
    if (a === undefined || b === undefined || !equal(a, b, effort)) return index;
  }
  return lengthMax;
}

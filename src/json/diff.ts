import { compareNumbers, formatPointer, NumberText, type Json, type JsonObject } from 'computo-js';

/** One place in which two values differ. */
export interface JsonChange {
  /** JSON Pointer. */
  readonly pointer: string;
  /** Absent: it is not there. */
  readonly from?: Json;
  /** Absent: it is not there. */
  readonly to?: Json;
}

/** A comparison ends at this many changes: nobody reads more. */
const CHANGES_MAX = 1000;

/**
 * Compares two values: numbers by their exact value, objects whatever the order of their keys, lists element by element.
 *
 * @returns every place in which they differ, in the order of the first value; the first {@link CHANGES_MAX}
 */
export function diffJson(from: Json, to: Json): readonly JsonChange[] {
  const changes: JsonChange[] = [];
  compare(from, to, [], changes);
  return changes;
}

function compare(from: Json, to: Json, path: readonly string[], changes: JsonChange[]): void {
  if (changes.length >= CHANGES_MAX || isSame(from, to)) return;
  const [ours, theirs] = [membersOf(from), membersOf(to)];
  if (ours === undefined || theirs === undefined || Array.isArray(from) !== Array.isArray(to)) {
    changes.push({ pointer: formatPointer(path), from, to });
    return;
  }
  for (const key of new Set([...ours.keys(), ...theirs.keys()])) {
    const [before, after] = [ours.get(key), theirs.get(key)];
    const inside = [...path, key];
    if (before !== undefined && after !== undefined) compare(before, after, inside, changes);
    else if (changes.length < CHANGES_MAX) {
      const pointer = formatPointer(inside);
      changes.push({
        pointer,
        ...(before !== undefined && { from: before }),
        ...(after !== undefined && { to: after }),
      });
    }
  }
}

/** Whether two values are the same without a look inside. */
function isSame(from: Json, to: Json): boolean {
  if (from === to) return true;
  return isNumber(from) && isNumber(to) && compareNumbers(from, to) === 0;
}

function isNumber(value: Json): value is number | bigint | NumberText {
  return typeof value === 'number' || typeof value === 'bigint' || value instanceof NumberText;
}

/** The members of an object, or the elements of a list by their index. */
function membersOf(value: Json): ReadonlyMap<string, Json> | undefined {
  if (typeof value !== 'object' || value === null || value instanceof NumberText) return undefined;
  return new Map(Object.entries(value as JsonObject));
}

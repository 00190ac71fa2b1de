import { entriesOf, spendUnits, type Effort, isArray, isObject, orderedObject, type Json } from '../value/index.js';

/** A value that is being patched: containers on the path to a change are drafts, everything else is shared. */
export type Drafted = Json | ArrayDraft | ObjectDraft;

const UNITS_PER_ELEMENT = 2;
/** The size of a Map entry. */
const UNITS_PER_ENTRY = 12;

/** A mutable array. */
export class ArrayDraft {
  readonly items: Drafted[];
  constructor(items: readonly Json[]) {
    this.items = [...items];
  }
}

/** A mutable object. A Map keeps the order of the keys, whatever they are. */
export class ObjectDraft {
  readonly members: Map<string, Drafted>;
  constructor(entries: readonly [string, Json][]) {
    this.members = new Map(entries);
  }
}

/**
 * Returns the value as a draft, or undefined for a scalar.
 *
 * @throws EffortExceeded if the value has more members than `effort` allows
 */
export function draftOf(value: Drafted, effort: Effort): ArrayDraft | ObjectDraft | undefined {
  if (value instanceof ArrayDraft || value instanceof ObjectDraft) return value;
  if (isArray(value)) {
    spendUnits(effort, UNITS_PER_ELEMENT * value.length);
    return new ArrayDraft(value);
  }
  if (!isObject(value)) return undefined;
  const entries = entriesOf(value, effort);
  spendUnits(effort, UNITS_PER_ENTRY * entries.length);
  return new ObjectDraft(entries);
}

/**
 * Returns the value that a draft stands for.
 *
 * @throws EffortExceeded if the value has more members than `effort` allows
 */
export function finished(value: Drafted, effort: Effort): Json {
  if (value instanceof ArrayDraft) {
    spendUnits(effort, UNITS_PER_ELEMENT * value.items.length);
    return value.items.map((item) => finished(item, effort));
  }
  if (value instanceof ObjectDraft) {
    const entries = [...value.members].map(([key, member]): [string, Json] => [key, finished(member, effort)]);
    return orderedObject(entries, effort);
  }
  return value;
}

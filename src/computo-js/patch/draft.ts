import { entriesOf, spendUnits, type Effort, isArray, isObject, orderedObject, type Json } from '../value/index.js';

/** A value while it is patched: containers on the way to a change are drafts, everything else is shared as it is. */
export type Drafted = Json | ArrayDraft | ObjectDraft;

/** An array that may be written. */
export class ArrayDraft {
  readonly items: Drafted[];
  constructor(items: readonly Json[]) {
    this.items = [...items];
  }
}

/** An object that may be written; a Map keeps the order of its keys, whatever they are. */
export class ObjectDraft {
  readonly members: Map<string, Drafted>;
  constructor(entries: readonly [string, Json][]) {
    this.members = new Map(entries);
  }
}

/**
 * The value as a draft, or undefined for a scalar.
 *
 * @throws EffortExceeded when the value has more members than `effort` allows
 */
export function draftOf(value: Drafted, effort: Effort): ArrayDraft | ObjectDraft | undefined {
  if (value instanceof ArrayDraft || value instanceof ObjectDraft) return value;
  if (isArray(value)) {
    spendUnits(effort, value.length);
    return new ArrayDraft(value);
  }
  if (!isObject(value)) return undefined;
  const entries = entriesOf(value);
  spendUnits(effort, entries.length);
  return new ObjectDraft(entries);
}

/**
 * The value that a draft stands for.
 *
 * @throws EffortExceeded when it has more members than `effort` allows
 */
export function finished(value: Drafted, effort: Effort): Json {
  if (value instanceof ArrayDraft) {
    spendUnits(effort, value.items.length);
    return value.items.map((item) => finished(item, effort));
  }
  if (value instanceof ObjectDraft) {
    spendUnits(effort, value.members.size);
    return orderedObject([...value.members].map(([key, member]) => [key, finished(member, effort)]));
  }
  return value;
}

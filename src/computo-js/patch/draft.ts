import { entriesOf, isArray, isObject, orderedObject, type Json } from '../value/index.js';

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

/** The value as a draft, or undefined for a scalar. */
export function draftOf(value: Drafted): ArrayDraft | ObjectDraft | undefined {
  if (value instanceof ArrayDraft || value instanceof ObjectDraft) return value;
  if (isArray(value)) return new ArrayDraft(value);
  return isObject(value) ? new ObjectDraft(entriesOf(value)) : undefined;
}

/** The value that a draft stands for. */
export function finished(value: Drafted): Json {
  if (value instanceof ArrayDraft) return value.items.map(finished);
  if (value instanceof ObjectDraft) {
    return orderedObject([...value.members].map(([key, member]) => [key, finished(member)]));
  }
  return value;
}

import { stringify, type Json } from 'computo-js';

/** Computes one value from the values of a group. Mutable. */
export interface Accumulator {
  /** @param value null: nothing to add @param data the event's data */
  add(value: Json, data: Json): void;
  /** Merges another accumulator of the same kind into this one. */
  merge(other: Accumulator): void;
  result(): Json;
  /** Returns the form for a checkpoint. */
  save(): Json;
}

/** Converts a number to a double, which may be infinite. @param value a number */
export function asDouble(value: Json): number {
  return typeof value === 'number' ? value : Number(stringify(value));
}

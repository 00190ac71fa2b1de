import { stringify, type Json } from 'computo-js';

/** What is made of the values of a group. It is written into. */
export interface Accumulator {
  /** @param value null: nothing to add @param data the event's */
  add(value: Json, data: Json): void;
  /** Takes in what another of the same kind holds. */
  merge(other: Accumulator): void;
  result(): Json;
  /** As it stands in a checkpoint. */
  save(): Json;
}

/** A number as a double, which may be infinite. @param value a number */
export function asDouble(value: Json): number {
  return typeof value === 'number' ? value : Number(stringify(value));
}

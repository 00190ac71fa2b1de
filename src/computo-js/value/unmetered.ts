import { add as addWithin } from './arithmetic.js';
import { compareNumbers as compareWithin } from './compare-numbers.js';
import { unlimited } from './effort.js';
import { equal as equalWithin } from './equal.js';
import type { Json, JsonNumber, JsonObject } from './json.js';
import { orderedObject as objectWithin } from './ordered-object.js';
import { compareValues as orderWithin } from './order.js';
import { canonicalText as textWithin, distinctKey as keyWithin } from './stringify.js';

/** The work of values for users of the package: outside a run nothing is counted. */
export const unmetered = {
  /** Deep equality by value, as `==` has it. */
  equal: (a: Json, b: Json): boolean => equalWithin(a, b, unlimited()),
  /** Negative, zero or positive, as `a` is less than, equal to or greater than `b`, by their exact values. */
  compareNumbers: (a: JsonNumber, b: JsonNumber): number => compareWithin(a, b, unlimited()),
  /** Negative, zero or positive, as `a` stands before, with or behind `b` in what `sort` makes. */
  compareValues: (a: Json, b: Json): number => orderWithin(a, b, unlimited()),
  /** The sum, exact while both are integers; it may not be finite. */
  addNumbers: (a: JsonNumber, b: JsonNumber): number | bigint => addWithin(a, b, unlimited()),
  /** Compact JSON whose keys stand in UTF-8 byte order at every depth. */
  canonicalText: (value: Json): string => textWithin(value, unlimited()),
  /** What two values share exactly when they are equal: a key for sets and maps. */
  distinctKey: (value: Json): string | number => keyWithin(value, unlimited()),
  /** An object whose keys stand in the order of the entries, whatever they are. */
  orderedObject: (entries: readonly (readonly [string, Json])[]): JsonObject => objectWithin(entries, unlimited()),
};

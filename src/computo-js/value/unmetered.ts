import { add as addWithin } from './arithmetic.js';
import { compareNumbers as compareWithin } from './compare-numbers.js';
import { unlimited } from './effort.js';
import { equal as equalWithin } from './equal.js';
import type { Json, JsonNumber, JsonObject } from './json.js';
import { orderedObject as objectWithin } from './ordered-object.js';
import { compareValues as orderWithin } from './order.js';
import { canonicalText as textWithin, distinctKey as keyWithin } from './stringify.js';

/** Operations on values for users of the package. Outside a run, nothing is charged. */
export const unmetered = {
  /** Deep equality by value, like `==`. */
  equal: (a: Json, b: Json): boolean => equalWithin(a, b, unlimited()),
  /** Negative, zero or positive if `a` is less than, equal to or greater than `b`, by their exact values. */
  compareNumbers: (a: JsonNumber, b: JsonNumber): number => compareWithin(a, b, unlimited()),
  /** Negative, zero or positive if `sort` puts `a` before, with or after `b`. */
  compareValues: (a: Json, b: Json): number => orderWithin(a, b, unlimited()),
  /** The sum, exact if both are integers. It may not be finite. */
  addNumbers: (a: JsonNumber, b: JsonNumber): number | bigint => addWithin(a, b, unlimited()),
  /** Compact JSON with keys in UTF-8 byte order at every depth. */
  canonicalText: (value: Json): string => textWithin(value, unlimited()),
  /** A key that is the same for two values exactly if they are equal, for sets and maps. */
  distinctKey: (value: Json): string | number => keyWithin(value, unlimited()),
  /** An object whose keys are in the order of the entries, whatever they are. */
  orderedObject: (entries: readonly (readonly [string, Json])[]): JsonObject => objectWithin(entries, unlimited()),
};

import type { Effort } from './effort.js';
import type { Json, JsonObject } from './json.js';
import { isArray, isObject } from './kind.js';
import { keysOf } from './ordered-object.js';

/** A container whose elements or members are being gone through, one after the other: walking a value takes no stack. */
export interface Inside {
  readonly container: readonly Json[] | JsonObject;
  /** Undefined for an array. */
  readonly keys: readonly string[] | undefined;
  readonly length: number;
  /** The next element or member. */
  next: number;
}

/**
 * A container to be gone through from its start; undefined for a value that is none.
 *
 * @param listKeys the keys of an object in the order wanted; the written one when absent
 * @throws EffortExceeded when it is an object of more members than `effort` allows
 */
export function insideOf(value: Json, effort: Effort, listKeys = keysOf): Inside | undefined {
  if (isArray(value)) return { container: value, keys: undefined, length: value.length, next: 0 };
  if (!isObject(value)) return undefined;
  const keys = listKeys(value, effort);
  return { container: value, keys, length: keys.length, next: 0 };
}

/** The element or member number `index` of a container. */
export function partAt({ container, keys }: Inside, index: number): Json {
  return (isArray(container) ? container[index] : container[keys?.[index] ?? '']) ?? null;
}

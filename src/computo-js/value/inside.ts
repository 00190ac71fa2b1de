import type { Effort } from './effort.js';
import type { Json, JsonObject } from './json.js';
import { isArray, isObject } from './kind.js';
import { keysOf } from './ordered-object.js';

/** The progress of a traversal through a container's elements or members, so that traversing a value takes no stack. */
export interface Inside {
  readonly container: readonly Json[] | JsonObject;
  /** The keys of an object; undefined for an array. */
  readonly keys: readonly string[] | undefined;
  readonly length: number;
  /** The index of the next element or member. */
  next: number;
}

/**
 * Returns a traversal of a container from its start; undefined for a value that is not a container.
 *
 * @param listKeys returns an object's keys in the wanted order; in written order by default
 * @throws EffortExceeded if an object has more members than `effort` allows
 */
export function insideOf(value: Json, effort: Effort, listKeys = keysOf): Inside | undefined {
  if (isArray(value)) return { container: value, keys: undefined, length: value.length, next: 0 };
  if (!isObject(value)) return undefined;
  const keys = listKeys(value, effort);
  return { container: value, keys, length: keys.length, next: 0 };
}

/** Returns the element or member at `index` in a container. */
export function partAt({ container, keys }: Inside, index: number): Json {
  return (isArray(container) ? container[index] : container[keys?.[index] ?? '']) ?? null;
}

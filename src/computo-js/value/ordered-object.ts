import type { Json, JsonObject } from './json.js';

/** The largest array index of JavaScript: keys up to it, written as integers, come first in a plain object. */
const INDEX_MAX = 2 ** 32 - 2;

/**
 * Builds an object whose keys stand in the order in which they were written. A repeated key keeps its first place and its
 * last value, as in `JSON.parse`.
 *
 * JavaScript moves integer-like keys (`"10"`) to the front of a plain object. Only where that would change the order, the
 * result is a Proxy that lists its keys as written; everything else about it is the plain object beneath.
 */
export function orderedObject(entries: readonly (readonly [string, Json])[]): JsonObject {
  const target: Record<string, Json> = {};
  let hasIndexKey = false;
  for (const [key, value] of entries) {
    setMember(target, key, value);
    hasIndexKey ||= isIndexKey(key);
  }
  return hasIndexKey ? inWrittenOrder(target, [...new Set(entries.map(([key]) => key))]) : target;
}

/** Sets an own member. Plain assignment would call the setter that every object inherits under `__proto__`. */
export function setMember(target: Record<string, Json>, key: string, value: Json): void {
  if (key === '__proto__') {
    Object.defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true });
  } else {
    target[key] = value;
  }
}

/** The entries of an object in written order. */
export function entriesOf(object: JsonObject): [string, Json][] {
  return Object.entries(object);
}

/** Whether JavaScript would sort `key` before the keys that are no integers. */
export function isIndexKey(key: string): boolean {
  const first = key.charCodeAt(0);
  if (first < 0x30 || first > 0x39 || key.length > 10) return false;
  const index = Number(key);
  return index <= INDEX_MAX && String(index) === key;
}

function inWrittenOrder(target: Record<string, Json>, keys: readonly string[]): JsonObject {
  const natural = Object.keys(target);
  if (natural.every((key, place) => key === keys[place])) return target;
  return new Proxy(target, { ownKeys: () => [...keys] });
}

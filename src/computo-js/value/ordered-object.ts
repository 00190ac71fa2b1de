import { spendMembers, spendObject, spendSteps, spendText, spendUnits, type Effort } from './effort.js';
import type { Json, JsonObject } from './json.js';

/** JavaScript's largest array index. Keys up to it, written as integers, come first in a plain object. */
const INDEX_MAX = 2 ** 32 - 2;

/** The cost of creating a Proxy and listing its keys, including when it is printed. */
const STEPS_PER_PROXY = 250;
const UNITS_PER_PROXY = 60;

/** The keys that each Proxy lists. Asking the Proxy itself takes a hundred times as long. */
const written = new WeakMap<JsonObject, readonly string[]>();

/**
 * Builds an object whose keys are in the order in which they were written. A repeated key keeps its first position and its last
 * value, as in `JSON.parse`.
 *
 * JavaScript moves integer-like keys (`"10"`) to the front of a plain object. Only if that would change the order, the result is
 * a Proxy that lists its keys as written. In all other respects, the Proxy is the plain object beneath.
 *
 * @throws EffortExceeded if the object has more members than `effort` allows
 */
export function orderedObject(entries: readonly (readonly [string, Json])[], effort: Effort): JsonObject {
  spendMembers(effort, entries.length);
  spendObject(effort, entries.length);
  const target: Record<string, Json> = {};
  let hasIndexKey = false;
  for (const [key, value] of entries) {
    spendText(effort, key.length);
    setMember(target, key, value);
    hasIndexKey ||= isIndexKey(key);
  }
  return hasIndexKey ? inWrittenOrder(target, entries, effort) : target;
}

/** Sets an own member. Plain assignment would call the setter that every object inherits as `__proto__`. */
export function setMember(target: Record<string, Json>, key: string, value: Json): void {
  if (key === '__proto__') {
    Object.defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true });
  } else {
    target[key] = value;
  }
}

/**
 * Returns an object's keys in written order.
 *
 * @throws EffortExceeded if there are more than `effort` allows
 */
export function keysOf(object: JsonObject, effort: Effort): readonly string[] {
  const keys = written.get(object) ?? Object.keys(object);
  spendMembers(effort, keys.length);
  return keys;
}

/**
 * Returns an object's entries in written order.
 *
 * @throws EffortExceeded if there are more than `effort` allows
 */
export function entriesOf(object: JsonObject, effort: Effort): [string, Json][] {
  const keys = keysOf(object, effort);
  spendMembers(effort, keys.length);
  return keys.map((key) => [key, object[key] ?? null]);
}

/**
 * Returns the object with one member set, in its place or at the end.
 *
 * @throws EffortExceeded if there are more members than `effort` allows
 */
export function withMember(object: JsonObject, key: string, value: Json, effort: Effort): JsonObject {
  const isNew = !Object.hasOwn(object, key);
  if (written.has(object) || (isNew && isIndexKey(key))) {
    const entries = entriesOf(object, effort);
    return orderedObject(
      isNew ? [...entries, [key, value]] : entries.map(([other, member]) => [other, other === key ? value : member]),
      effort,
    );
  }
  const { length } = keysOf(object, effort);
  spendMembers(effort, length + 1);
  spendObject(effort, length + 1);
  spendText(effort, key.length);
  // A computed key is an own member, whatever its name.
  return { ...object, [key]: value };
}

/**
 * Returns the object without one of its members.
 *
 * @throws EffortExceeded if there are more members than `effort` allows
 */
export function withoutMember(object: JsonObject, key: string, effort: Effort): JsonObject {
  const left = entriesOf(object, effort).filter(([other]) => other !== key);
  return orderedObject(left, effort);
}

/** Whether JavaScript would move `key` before the keys that are not integers. */
export function isIndexKey(key: string): boolean {
  const first = key.charCodeAt(0);
  if (first < 0x30 || first > 0x39 || key.length > 10) return false;
  const index = Number(key);
  return index <= INDEX_MAX && String(index) === key;
}

function inWrittenOrder(
  target: Record<string, Json>,
  entries: readonly (readonly [string, Json])[],
  effort: Effort,
): JsonObject {
  const natural = Object.keys(target);
  const isRepeated = natural.length < entries.length;
  if (!isRepeated && natural.every((key, place) => key === entries[place]?.[0])) return target;
  spendSteps(effort, STEPS_PER_PROXY);
  spendUnits(effort, UNITS_PER_PROXY);
  const listed = entries.map(([key]) => key);
  const keys = isRepeated ? [...new Set(listed)] : listed;
  if (isRepeated && natural.every((key, place) => key === keys[place])) return target;
  const proxy: JsonObject = new Proxy(target, new Listing(keys));
  written.set(proxy, keys);
  return proxy;
}

/** Lists a Proxy's keys. */
class Listing {
  constructor(private readonly keys: readonly string[]) {}

  ownKeys(): string[] {
    return [...this.keys];
  }
}

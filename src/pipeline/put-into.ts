import { NumberText, orderedObject, parsePointer, type Json, type JsonObject } from 'computo-js';
import { EventFailure } from './failure.js';

/**
 * Returns a copy of data with a value at a JSON Pointer: missing objects on the way are created, and everything else is
 * unchanged.
 *
 * @param segments of the pointer; none: the value is the new data
 * @throws EventFailure when something on the way is not an object
 */
export function putInto(data: Json, segments: readonly string[], value: Json, stage: string): Json {
  const [key, ...rest] = segments;
  if (key === undefined) return value;
  if (!isObject(data)) throw noPlace(data, key, stage);
  const inner = Object.hasOwn(data, key) ? data[key] : undefined;
  const changed = putInto(inner ?? (rest.length > 0 ? {} : null), rest, value, stage);
  const entries = Object.entries(data);
  const place = entries.findIndex(([name]) => name === key);
  if (place === -1) entries.push([key, changed]);
  else entries[place] = [key, changed];
  return orderedObject(entries);
}

/**
 * Checks that a value can be put there, before a provider is paid for it.
 *
 * @throws EventFailure when {@link putInto} would throw it
 */
export function requirePlace(data: Json, segments: readonly string[], stage: string): void {
  let here: Json = data;
  for (const key of segments) {
    if (!isObject(here)) throw noPlace(here, key, stage);
    const inner = Object.hasOwn(here, key) ? here[key] : undefined;
    if (inner === undefined || inner === null) return;
    here = inner;
  }
}

/** Returns a copy of data without the value at a JSON Pointer, or the data itself if there is no value. @param segments of the pointer */
export function without(data: Json, segments: readonly string[]): Json {
  const [key, ...rest] = segments;
  if (key === undefined || !isObject(data) || !Object.hasOwn(data, key)) return data;
  const entries = Object.entries(data);
  if (rest.length === 0) return orderedObject(entries.filter(([name]) => name !== key));
  return orderedObject(entries.map(([name, value]) => [name, name === key ? without(value, rest) : value]));
}

/** Parses a JSON Pointer. @throws ComputoError when it is not valid */
export function intoSegments(pointer: string | undefined): readonly string[] {
  return pointer === undefined ? [] : parsePointer(pointer);
}

function noPlace(data: Json, key: string, stage: string): EventFailure {
  const message = `nothing can be put at ${JSON.stringify(key)}: the data there is ${nameOf(data)}, not an object`;
  return new EventFailure('invalid_argument', message, stage);
}

function isObject(data: Json): data is JsonObject {
  return typeof data === 'object' && data !== null && !Array.isArray(data) && !(data instanceof NumberText);
}

/** Names the kind of a value, for people. */
export function nameOf(data: Json): string {
  if (data === null) return 'null';
  if (Array.isArray(data)) return 'an array';
  if (typeof data === 'object') return data instanceof NumberText ? 'a number' : 'an object';
  return `a ${typeof data === 'bigint' ? 'number' : typeof data}`;
}

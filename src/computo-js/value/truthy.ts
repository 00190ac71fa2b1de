import { decimalOf } from './decimal.js';
import { NumberText, type Json, type JsonObject } from './json.js';
import { isArray } from './kind.js';

/** Smaller objects list their keys in negligible time. */
const MANY_KEYS = 16;
/** Objects with many keys. Listing the keys only to see whether there are any is done once. */
const large = new WeakSet<JsonObject>();

/** `false null 0 "" [] {}` are falsy, everything else is truthy. Takes the same time for any value after the first call. */
export function isTruthy(value: Json): boolean {
  switch (typeof value) {
    case 'boolean':
      return value;
    case 'number':
      return value !== 0;
    case 'string':
      return value !== '';
    case 'bigint':
      return value !== 0n;
    default:
      if (value === null) return false;
      if (isArray(value)) return value.length > 0;
      if (value instanceof NumberText) return decimalOf(value).digits !== '';
      return hasMembers(value);
  }
}

function hasMembers(object: JsonObject): boolean {
  if (large.has(object)) return true;
  const { length } = Object.keys(object);
  if (length > MANY_KEYS) large.add(object);
  return length > 0;
}

import type { Json } from './json.js';
import { isArray, isNumber, isObject } from './kind.js';

const TEXT_LENGTH_MAX = 40;

/** Describes a value for error messages: its kind and, if short, the value itself. */
export function describe(value: Json): string {
  if (value === null) return 'null';
  if (typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return `the string ${JSON.stringify(shorten(value))}`;
  if (isNumber(value)) return `the number ${shorten(String(value))}`;
  if (isArray(value)) return value.length === 0 ? 'an empty array' : `an array of ${value.length}`;
  return isObject(value) ? describeObject(Object.keys(value)) : 'a value';
}

function describeObject(keys: readonly string[]): string {
  if (keys.length === 0) return 'an empty object';
  const shown = keys.slice(0, 3).map((key) => JSON.stringify(shorten(key)));
  return `an object with ${shown.join(', ')}${keys.length > shown.length ? ', …' : ''}`;
}

/** Returns the start of a long text, marked as truncated. */
export function shorten(text: string): string {
  return text.length <= TEXT_LENGTH_MAX ? text : `${text.slice(0, TEXT_LENGTH_MAX - 1)}…`;
}

import { NumberText, stringify, type Json, type JsonObject } from 'computo-js';

/** A problem with a request, for people: where it is, what it is, and what is expected. */
export class Problem extends Error {}

export function textAt(object: JsonObject, key: string, place = ''): string | undefined {
  const value = object[key];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string' || value === '')
    throw new Problem(`${place}/${key}: expected text, found ${show(value)}`);
  return value;
}

export function objectAt(value: Json | undefined, place: string): JsonObject {
  if (!isMap(value)) throw new Problem(`${place}: expected an object, found ${show(value)}`);
  return value;
}

/** Whether a value is a map; exact numbers are objects, too. */
export function isMap(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof NumberText);
}

/** The value as `JSON.parse` would return it: exact numbers become the nearest double. */
export function plain(value: JsonObject): Record<string, unknown> {
  return JSON.parse(stringify(value)) as Record<string, unknown>;
}

export function show(value: Json | undefined): string {
  switch (typeof value) {
    case 'undefined':
      return 'nothing';
    case 'string':
      return value === '' ? 'empty text' : 'text';
    case 'object':
      if (value === null) return 'null';
      if (value instanceof NumberText) return value.text;
      return Array.isArray(value) ? 'a list' : 'an object';
    default:
      return String(value);
  }
}

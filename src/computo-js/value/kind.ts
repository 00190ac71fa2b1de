import { NumberText, type Json, type JsonNumber, type JsonObject } from './json.js';

/** The six kinds of JSON value. */
export type JsonKind = 'null' | 'boolean' | 'number' | 'string' | 'array' | 'object';

export function kindOf(value: Json): JsonKind {
  switch (typeof value) {
    case 'string':
      return 'string';
    case 'number':
    case 'bigint':
      return 'number';
    case 'boolean':
      return 'boolean';
    default:
      if (value === null) return 'null';
      if (isArray(value)) return 'array';
      return value instanceof NumberText ? 'number' : 'object';
  }
}

export function isNumber(value: Json): value is JsonNumber {
  return typeof value === 'number' || typeof value === 'bigint' || value instanceof NumberText;
}

/** Typed `Array.isArray`, which by itself does not narrow a type with read-only arrays. */
export function isArray(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

export function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !isArray(value) && !(value instanceof NumberText);
}

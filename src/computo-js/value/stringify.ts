import { withinEngineLimits } from '../computo-error.js';
import { NumberText, type Json, type JsonObject } from './json.js';
import { isArray } from './kind.js';
import { sortedKeys } from './order.js';

/**
 * Prints a value as compact JSON: members in written order, every number exactly, lone surrogates escaped.
 *
 * @throws ComputoError `LimitExceeded` when the value is nested too deep or its text grows too long to hold
 */
export function stringify(value: Json): string {
  return withinEngineLimits(() => {
    if (typeof value !== 'object' || value === null) return scalarText(value);
    try {
      return JSON.stringify(value);
    } catch (error) {
      // A bigint or a NumberText in it: JSON.stringify refuses both with a TypeError.
      if (!(error instanceof TypeError)) throw error;
      return print(value, Object.keys);
    }
  });
}

/** Prints a value as compact JSON whose keys stand in UTF-8 byte order at every depth. */
export function canonicalText(value: Json): string {
  return print(value, sortedKeys);
}

function print(value: Json, keysOf: (object: JsonObject) => string[]): string {
  if (typeof value !== 'object' || value === null || value instanceof NumberText) return scalarText(value);
  let text = '';
  if (isArray(value)) {
    for (const item of value) text += (text === '' ? '' : ',') + print(item, keysOf);
    return `[${text}]`;
  }
  for (const key of keysOf(value)) {
    text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${print(value[key] ?? null, keysOf)}`;
  }
  return `{${text}}`;
}

function scalarText(value: null | boolean | number | bigint | string | NumberText): string {
  // `JSON.stringify` prints -0 as 0; `String` agrees.
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}

import { decimalKey } from './decimal.js';
import { NumberText, type Json } from './json.js';
import { isArray } from './kind.js';
import { sortedKeys } from './order.js';

/** A key that two values share exactly when they are equal: for sets and maps of JSON values. */
export function distinctKey(value: Json): string | number {
  // The first character of a text tells the kind; a number that needs no text stands for itself.
  if (typeof value === 'string') return `"${value}`;
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value;
  return nestedKey(value);
}

function nestedKey(value: Json): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value);
    case 'number':
    case 'bigint':
      return decimalKey(value);
    case 'boolean':
      return String(value);
    default:
      if (value === null) return 'null';
      if (value instanceof NumberText) return decimalKey(value);
      if (isArray(value)) return `[${value.map(nestedKey).join(',')}]`;
      return `{${sortedKeys(value)
        .map((key) => `${JSON.stringify(key)}:${nestedKey(value[key] ?? null)}`)
        .join(',')}}`;
  }
}

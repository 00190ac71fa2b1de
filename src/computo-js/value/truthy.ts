import { decimalOf } from './decimal.js';
import { NumberText, type Json } from './json.js';
import { isArray } from './kind.js';

/** `false null 0 "" [] {}` are falsy, everything else is truthy. */
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
      return Object.keys(value).length > 0;
  }
}

import { withinEngineLimits } from '../computo-error.js';
import { decimalKey } from './decimal.js';
import { EffortExceeded, spendText, spendUnits, unlimited, type Effort } from './effort.js';
import type { Json } from './json.js';
import { sortedKeys } from './order.js';
import { keysOf } from './ordered-object.js';
import { print, scalarText, type Style } from './print.js';

/** Half the length of the longest text that JavaScript can hold. */
const TEXT_LENGTH_MAX = 2 ** 28;

const AS_WRITTEN: Style = { keys: keysOf, number: String };
const CANONICAL: Style = { keys: sortedKeys, number: String };
const BY_VALUE: Style = { keys: sortedKeys, number: decimalKey };

/**
 * Prints a value as compact JSON: members in written order, every number exactly, lone surrogates escaped.
 *
 * @throws ComputoError `LimitExceeded` if the text grows too long to hold
 */
export function stringify(value: Json): string {
  return withinEngineLimits(() => {
    if (typeof value !== 'object' || value === null) return scalarText(value, AS_WRITTEN, unlimited());
    try {
      return JSON.stringify(value);
    } catch (error) {
      // The value contains a bigint or a NumberText, both of which JSON.stringify rejects with a TypeError, or is nested deeper
      // than its stack.
      const isTooLong = error instanceof RangeError && !error.message.includes('call stack');
      if (isTooLong) throw error;
      return printWithin(value, TEXT_LENGTH_MAX);
    }
  });
}

/** @throws RangeError if the text grows longer, as `JSON.stringify` does */
function printWithin(value: Json, lengthMax: number): string {
  try {
    return print(value, AS_WRITTEN, { stepsLeft: Infinity, unitsLeft: lengthMax });
  } catch (error) {
    throw error instanceof EffortExceeded ? new RangeError('its text is too long', { cause: error }) : error;
  }
}

/**
 * Prints the same text within limits.
 *
 * @throws EffortExceeded if the text grows longer than `effort` allows
 */
export function writtenText(value: Json, effort: Effort): string {
  return print(value, AS_WRITTEN, effort);
}

/**
 * Prints a value as compact JSON with keys in UTF-8 byte order at every depth.
 *
 * @throws EffortExceeded if the text grows longer than `effort` allows
 */
export function canonicalText(value: Json, effort: Effort): string {
  return typeof value === 'object' && value !== null
    ? print(value, CANONICAL, effort)
    : scalarText(value, CANONICAL, effort);
}

/**
 * Returns a key that is the same for two values exactly if they are equal, for sets and maps of JSON values.
 *
 * @throws EffortExceeded if the value is larger than `effort` allows
 */
export function distinctKey(value: Json, effort: Effort): string | number {
  // The first character of a text indicates the kind. A number that needs no text is its own key.
  if (typeof value === 'string') {
    // The set keeps a copy.
    spendText(effort, value.length);
    spendUnits(effort, value.length);
    return `"${value}`;
  }
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value + 0;
  return print(value, BY_VALUE, effort);
}

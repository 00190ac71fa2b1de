import { JsonSyntaxError, parseExactly, type Json } from 'computo-js';
import { excessOf } from './bounds.js';

/** Maximum nesting depth of data, in levels, unless the config says otherwise. */
export const DEPTH_MAX_DEFAULT = 1000;

/**
 * Matches what `JSON.parse` would change: a number outside quotes that a double may not hold (16 digits or more, an exponent),
 * and an integer-like key, which JavaScript moves to the front, even if its digits are written as `\u0031`. Deliberately too
 * broad (a string may match): a false match only costs time.
 */
const MAY_LOSE = /(?:^|[\s:,[])-?[0-9](?:[0-9.]{15}|[0-9.]*[eE])|"(?:[0-9]|\\u003[0-9]){1,10}"\s*:/;

/** Whether `text` (one JSON text, or many lines of them) may contain something that `JSON.parse` does not preserve exactly. */
export function mayLosePrecision(text: string): boolean {
  return MAY_LOSE.test(text);
}

/**
 * Parses one JSON text exactly: integers of any size, numbers that no double holds, keys in their order.
 *
 * @param depthMax levels of arrays and objects allowed
 * @throws JsonSyntaxError (JsonDepthError when nested too deep) with the position of the first error
 */
export function parseJson(text: string, depthMax: number = DEPTH_MAX_DEFAULT): Json {
  return mayLosePrecision(text) ? parseExactly(text, depthMax) : parsePlain(text, depthMax);
}

/**
 * The fast path for a text that {@link mayLosePrecision} has cleared.
 *
 * @throws JsonSyntaxError as {@link parseJson}
 */
export function parsePlain(text: string, depthMax: number): Json {
  // A text this short can't be nested too deep: every level takes two characters.
  if (text.length > 2 * depthMax && excessOf(text, { depthMax, valuesMax: Infinity }) !== undefined)
    return parseExactly(text, depthMax);
  try {
    return JSON.parse(text) as Json;
  } catch {
    // Only the exact parser can tell where and why. It rejects everything that JSON.parse rejects.
    parseExactly(text, depthMax);
    throw new JsonSyntaxError('not valid JSON', 0);
  }
}

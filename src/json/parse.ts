import { JsonSyntaxError, parseExactly, type Json } from 'computo-js';

/** Levels of nesting that data may have unless the config says otherwise. */
export const DEPTH_MAX_DEFAULT = 1000;

/**
 * What `JSON.parse` would change: a number outside quotes that a double may not hold (16 digits or more, an exponent), and
 * an integer-like key, which JavaScript moves to the front, also when its digits are written as `\u0031`. Too wide on purpose
 * (a string may look like one): a hit only costs time.
 */
const MAY_LOSE = /(?:^|[\s:,[])-?[0-9](?:[0-9.]{15}|[0-9.]*[eE])|"(?:[0-9]|\\u003[0-9]){1,10}"\s*:/;

/** Whether `text` (one JSON text, or many lines of them) may hold something that `JSON.parse` does not keep exactly. */
export function mayLosePrecision(text: string): boolean {
  return MAY_LOSE.test(text);
}

/**
 * Parses one JSON text exactly: integers of any size, numbers no double holds, keys in their order.
 *
 * @param depthMax levels of arrays and objects allowed
 * @throws JsonSyntaxError (JsonDepthError when nested too deep) with the place of the first mistake
 */
export function parseJson(text: string, depthMax: number = DEPTH_MAX_DEFAULT): Json {
  return mayLosePrecision(text) ? parseExactly(text, depthMax) : parsePlain(text, depthMax);
}

/**
 * The fast way, for a text that {@link mayLosePrecision} has cleared.
 *
 * @throws JsonSyntaxError as {@link parseJson}
 */
export function parsePlain(text: string, depthMax: number): Json {
  // A text this short cannot be nested too deep: every level takes two characters.
  if (text.length > 2 * depthMax && depthExceeds(text, depthMax)) return parseExactly(text, depthMax);
  try {
    return JSON.parse(text) as Json;
  } catch {
    // Only the slow way knows where and why. It refuses what JSON.parse refuses.
    parseExactly(text, depthMax);
    throw new JsonSyntaxError('not valid JSON', 0);
  }
}

/** Whether brackets outside strings open more than `depthMax` levels. Right for valid JSON, harmless for other text. */
function depthExceeds(text: string, depthMax: number): boolean {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case 0x22:
        at = closingQuote(text, at);
        break;
      case 0x5b:
      case 0x7b:
        depth += 1;
        if (depth > depthMax) return true;
        break;
      case 0x5d:
      case 0x7d:
        depth -= 1;
    }
  }
  return false;
}

/** Where the string that opens at `open` closes, or the end of the text. */
function closingQuote(text: string, open: number): number {
  let quote = text.indexOf('"', open + 1);
  while (quote !== -1) {
    let backslashes = 0;
    while (text.charCodeAt(quote - 1 - backslashes) === 0x5c) backslashes += 1;
    if (backslashes % 2 === 0) return quote;
    quote = text.indexOf('"', quote + 1);
  }
  return text.length;
}

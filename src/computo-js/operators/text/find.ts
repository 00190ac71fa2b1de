import { cutsPair, isHighSurrogate, isLowSurrogate } from './code-points.js';

/** Returns the next position of a part in a text, from a position on; −1 if there is none. */
export type Find = (text: string, from: number) => number;

/**
 * Longer parts are searched for by our own algorithm. The JavaScript engine's may compare all of a long part at every position of
 * the text, which takes seconds for a part of 10,000 characters in a text of a million.
 */
const ENGINE_LENGTH_MAX = 250;

/**
 * Compiles a search for a part as a sequence of code points, in linear time.
 *
 * @param part not empty
 */
export function findOf(part: string): Find {
  const isRagged = isLowSurrogate(part.charCodeAt(0)) || isHighSurrogate(part.charCodeAt(part.length - 1));
  if (part.length <= ENGINE_LENGTH_MAX && !isRagged) return (text, from) => text.indexOf(part, from);
  return findByTable(part);
}

/** Whether the units from `start` to `end` are whole code points. */
export function isWhole(text: string, start: number, end: number): boolean {
  return !cutsPair(text, start) && !cutsPair(text, end);
}

/** Knuth–Morris–Pratt: looks at each character of the text once. */
function findByTable(part: string): Find {
  const borders = bordersOf(part);
  return (text, from) => {
    let matched = 0;
    for (let at = from; at < text.length; at++) {
      const unit = text.charCodeAt(at);
      while (matched > 0 && part.charCodeAt(matched) !== unit) matched = borders[matched - 1] ?? 0;
      if (part.charCodeAt(matched) === unit) matched += 1;
      if (matched < part.length) continue;
      const start = at + 1 - matched;
      if (isWhole(text, start, at + 1)) return start;
      matched = borders[matched - 1] ?? 0;
    }
    return -1;
  };
}

/** For each prefix of a part, the length of the longest proper prefix that is also its suffix. */
function bordersOf(part: string): Int32Array {
  const borders = new Int32Array(part.length);
  let length = 0;
  for (let at = 1; at < part.length; at++) {
    const unit = part.charCodeAt(at);
    while (length > 0 && part.charCodeAt(length) !== unit) length = borders[length - 1] ?? 0;
    if (part.charCodeAt(length) === unit) length += 1;
    borders[at] = length;
  }
  return borders;
}

import { spendSteps, type Effort } from './effort.js';

const CHARACTERS_PER_STEP = 16;

/**
 * Compares two strings by the bytes of their UTF-8 encodings.
 *
 * @returns negative, zero or positive if `a` sorts before, with or after `b`
 * @throws EffortExceeded if their common prefix is longer than `effort` allows
 */
export function compareText(a: string, b: string, effort: Effort): number {
  const length = Math.min(a.length, b.length);
  let at = 0;
  if (a === b) at = length;
  else while (at < length && a.charCodeAt(at) === b.charCodeAt(at)) at += 1;
  spendSteps(effort, 1 + Math.trunc(at / CHARACTERS_PER_STEP));
  return at === length ? a.length - b.length : rank(a.charCodeAt(at)) - rank(b.charCodeAt(at));
}

/** UTF-16 sorts surrogates (code points from U+10000) before U+E000 to U+FFFF; UTF-8, like code points, sorts them after. */
function rank(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x10000 : unit;
}

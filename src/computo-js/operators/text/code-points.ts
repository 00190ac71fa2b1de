/** Texts are counted in code points: a surrogate pair is one, and so is a lone surrogate. */

/** Without surrogates, every UTF-16 unit is a code point. For pure Latin-1 text, the JavaScript engine sees that at once. */
const SURROGATE = /[\ud800-\udfff]/;

/** Whether units and code points may differ. */
export function hasSurrogates(text: string): boolean {
  return SURROGATE.test(text);
}

/** Returns the number of code points in a text. */
export function countCodePoints(text: string): number {
  if (!hasSurrogates(text)) return text.length;
  let count = text.length;
  for (let at = 1; at < text.length; at++) if (cutsPair(text, at)) count -= 1;
  return count;
}

/**
 * Returns the unit at which a code point begins, or the end of the text if there are not that many.
 *
 * @param index an integer; negative values count from the end
 */
export function offsetOf(text: string, index: number): number {
  if (!hasSurrogates(text)) return index < 0 ? Math.max(0, text.length + index) : Math.min(text.length, index);
  return index < 0 ? stepBack(text, -index) : stepOn(text, index);
}

function stepOn(text: string, codePoints: number): number {
  let at = 0;
  for (let left = codePoints; left > 0 && at < text.length; left--) at += cutsPair(text, at + 1) ? 2 : 1;
  return at;
}

function stepBack(text: string, codePoints: number): number {
  let at = text.length;
  for (let left = codePoints; left > 0 && at > 0; left--) at -= cutsPair(text, at - 1) ? 2 : 1;
  return at;
}

/** Whether a position in a text is inside a surrogate pair. */
export function cutsPair(text: string, at: number): boolean {
  return isLowSurrogate(text.charCodeAt(at)) && isHighSurrogate(text.charCodeAt(at - 1));
}

export function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

export function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}

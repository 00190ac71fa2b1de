/** Texts count in code points: a pair of surrogates is one, and so is a surrogate that stands alone. */

/** Without a surrogate every unit is a code point; in texts that are all Latin-1 the engine sees that at once. */
const SURROGATE = /[\ud800-\udfff]/;

/** Whether units and code points may differ. */
export function hasSurrogates(text: string): boolean {
  return SURROGATE.test(text);
}

/** How many code points a text has. */
export function countCodePoints(text: string): number {
  if (!hasSurrogates(text)) return text.length;
  let count = text.length;
  for (let at = 1; at < text.length; at++) if (cutsPair(text, at)) count -= 1;
  return count;
}

/**
 * The unit where a code point begins, or where the text ends if there are not as many.
 *
 * @param index of the code point, an integer; negative from the end
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

/** Whether a place in a text is inside a pair of surrogates. */
export function cutsPair(text: string, at: number): boolean {
  return isLowSurrogate(text.charCodeAt(at)) && isHighSurrogate(text.charCodeAt(at - 1));
}

export function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

export function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}

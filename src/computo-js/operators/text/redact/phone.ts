import type { Effort } from '../../../value/index.js';
import { isDigit, isWord, spendCandidate, type RedactedSpan } from './span.js';

const DIGITS_MIN = 8;
const DIGITS_MAX = 15;
/** Characters between two groups of digits: `) ` and the like. */
const SEPARATORS = /[ \u00a0().\/-]{1,3}(?=\d)/y;

/** Finds phone numbers in international form: `+` and the country code, 8 to 15 digits in all. */
export function findPhones(text: string, effort: Effort): RedactedSpan[] {
  const spans: RedactedSpan[] = [];
  for (let at = text.indexOf('+'); at !== -1; at = text.indexOf('+', at + 1)) {
    spendCandidate(effort);
    // No country code starts with 0.
    if (isWord(text.charAt(at - 1)) || text.charAt(at + 1) === '0') continue;
    const end = numberEnd(text, at + 1);
    if (end !== -1) spans.push({ start: at, end });
  }
  return spans;
}

/** Returns where the groups of digits of one number end; −1 if the number is too short. */
function numberEnd(text: string, from: number): number {
  let count = 0;
  let end = -1;
  let start = from;
  for (;;) {
    const groupEnd = digitsEnd(text, start, start + DIGITS_MAX - count + 1);
    if (groupEnd === start || count + groupEnd - start > DIGITS_MAX) break;
    count += groupEnd - start;
    end = groupEnd;
    SEPARATORS.lastIndex = end;
    if (!SEPARATORS.test(text)) break;
    start = SEPARATORS.lastIndex;
  }
  return count >= DIGITS_MIN ? end : -1;
}

/** @param max where to stop */
function digitsEnd(text: string, start: number, max: number): number {
  let end = start;
  while (end < max && isDigit(text.charCodeAt(end))) end += 1;
  return end;
}

import type { Effort } from '../../../value/index.js';
import { isDigit, spendCandidate, type RedactedSpan } from './span.js';

/** A country code and two check digits, not preceded by a letter or digit. */
const START = /(?<![A-Za-z0-9])(?:[A-Z]{2}|[a-z]{2})\d{2}/g;
const LENGTH_MIN = 15;
const LENGTH_MAX = 34;
/** Length of a printed group. The last group may be shorter. */
const GROUP_LENGTH = 4;
const CASE_BIT = 0x20;
const UPPER_A = 0x41;
const UPPER_Z = 0x5a;

/** Finds bank account numbers with valid check digits, in one piece or in groups of four. */
export function findIbans(text: string, effort: Effort): RedactedSpan[] {
  const spans: RedactedSpan[] = [];
  for (const { index } of text.matchAll(START)) {
    spendCandidate(effort);
    const end = ibanEnd(text, index);
    if (end !== -1) spans.push({ start: index, end });
  }
  return spans;
}

/** Returns where the longest account number that starts at a position ends; −1 if there is none. */
function ibanEnd(text: string, start: number): number {
  /** All letters have the case of the first one, which a word after the number rarely has. */
  const letterCase = text.charCodeAt(start) & CASE_BIT;
  let remainder = 0;
  let length = 0;
  let inGroup = 0;
  let isGrouped = false;
  let found = -1;
  for (let at = start; length <= LENGTH_MAX; at++) {
    const value = valueOf(text.charCodeAt(at), letterCase);
    if (value !== -1) {
      // The first four characters count last.
      if (length >= GROUP_LENGTH) remainder = appended(remainder, value);
      length += 1;
      inGroup += 1;
      if (isGrouped && inGroup > GROUP_LENGTH) return found;
      continue;
    }
    if (isAlphanumeric(text.charCodeAt(at))) return found;
    if (length >= LENGTH_MIN && isRight(remainder, text, start, letterCase)) found = at;
    if (inGroup !== GROUP_LENGTH || text.charAt(at) !== ' ') return found;
    isGrouped = true;
    inGroup = 0;
  }
  return found;
}

/** ISO 7064: with the first four characters moved to the end, and letters as the numbers 10 to 35, the number is 1 modulo 97. */
function isRight(remainderOfRest: number, text: string, start: number, letterCase: number): boolean {
  let remainder = remainderOfRest;
  for (let at = start; at < start + GROUP_LENGTH; at++) {
    remainder = appended(remainder, valueOf(text.charCodeAt(at), letterCase));
  }
  return remainder === 1;
}

function appended(remainder: number, value: number): number {
  return (remainder * (value < 10 ? 10 : 100) + value) % 97;
}

/** The value of a character; −1 if it can't be part of an account number. */
function valueOf(unit: number, letterCase: number): number {
  if (isDigit(unit)) return unit - 0x30;
  const letter = unit - letterCase;
  return letter >= UPPER_A && letter <= UPPER_Z && (unit & CASE_BIT) === letterCase ? letter - UPPER_A + 10 : -1;
}

function isAlphanumeric(unit: number): boolean {
  const letter = unit & ~CASE_BIT;
  return isDigit(unit) || (letter >= UPPER_A && letter <= UPPER_Z);
}

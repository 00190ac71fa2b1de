import type { Effort } from '../../../value/index.js';
import { isDigit, spendCandidate, type RedactedSpan } from './span.js';

const DIGITS_MIN = 13;
const DIGITS_MAX = 19;
/** The first group of a card number. Card numbers are grouped as 4-4-4-4, 4-6-5 and the like, unlike dates and lists of small numbers. */
const FIRST_GROUP = /(?<!\d)\d{4}/g;
const FIRST_GROUP_MIN = 4;
const GROUP_MIN = 3;

/**
 * Finds payment card numbers: 13 to 19 digits with a valid Luhn check digit, in one piece or in groups. Numbers of 13 and 14
 * digits must start like those of Visa and Diners Club, because a time in milliseconds has 13 digits.
 */
export function findCards(text: string, effort: Effort): RedactedSpan[] {
  const spans: RedactedSpan[] = [];
  FIRST_GROUP.lastIndex = 0;
  for (let found = FIRST_GROUP.exec(text); found !== null; found = FIRST_GROUP.exec(text)) {
    const groups = groupsFrom(text, found.index);
    addCards(text, groups, spans, effort);
    FIRST_GROUP.lastIndex = groups.at(-1)?.end ?? text.length;
  }
  return spans;
}

/** Returns the groups of digits from a position on, separated by a space or a hyphen. */
function groupsFrom(text: string, from: number): RedactedSpan[] {
  const groups: RedactedSpan[] = [];
  let start = from;
  for (;;) {
    let end = start;
    while (isDigit(text.charCodeAt(end))) end += 1;
    groups.push({ start, end });
    const separator = text.charAt(end);
    if ((separator !== ' ' && separator !== '-') || !isDigit(text.charCodeAt(end + 1))) return groups;
    start = end + 1;
  }
}

/** Adds all cards that a run of groups may hold. If several overlap, any of them may be the real one. */
function addCards(text: string, groups: readonly RedactedSpan[], spans: RedactedSpan[], effort: Effort): void {
  for (const [first, { start, end: firstEnd }] of groups.entries()) {
    if (firstEnd - start < FIRST_GROUP_MIN || isFractionOf(text, start)) continue;
    spendCandidate(effort);
    let digits = '';
    for (const group of groups.slice(first, first + DIGITS_MAX)) {
      if (group.end - group.start < GROUP_MIN || digits.length + group.end - group.start > DIGITS_MAX) break;
      digits += text.slice(group.start, group.end);
      if (isCard(digits) && !isWholePartOf(text, group.end)) spans.push({ start, end: group.end });
    }
  }
}

function isCard(digits: string): boolean {
  if (digits.length < DIGITS_MIN || digits.length > DIGITS_MAX) return false;
  if (digits.length === 13 && !digits.startsWith('4')) return false;
  if (digits.length === 14 && !digits.startsWith('3')) return false;
  return passesLuhn(digits);
}

/** Every second digit from the right is doubled and counts as its digit sum. The total must end with 0. */
function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (let place = 0; place < digits.length; place++) {
    const digit = digits.charCodeAt(digits.length - 1 - place) - 0x30;
    const doubled = place % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}

/** Whether the digits at `start` follow a decimal point. */
function isFractionOf(text: string, start: number): boolean {
  return text.charAt(start - 1) === '.' && isDigit(text.charCodeAt(start - 2));
}

/** Whether a decimal point and digits follow. */
function isWholePartOf(text: string, end: number): boolean {
  return text.charAt(end) === '.' && isDigit(text.charCodeAt(end + 1));
}

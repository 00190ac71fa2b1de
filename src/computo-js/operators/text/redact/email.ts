import { spendSteps, type Effort } from '../../../value/index.js';
import { isDigit, spendCandidate, type RedactedSpan } from './span.js';

/** Signs allowed before the @ besides letters and digits: of all valid signs, those in common use. */
const LOCAL_SIGNS = '._%+-';

// Not constants, because regular expressions for all letters take long to prepare, and few scripts redact.
const otherLetter = (): RegExp => /^[\p{L}\p{M}\p{N}]$/u;
/** Labels separated by dots. No character can belong to two labels, so there is never any backtracking. */
const domainFrom = (): RegExp => /[\p{L}\p{M}\p{N}-]+(?:\.[\p{L}\p{M}\p{N}-]+)+/uy;
const topLevel = (): RegExp => /^\p{L}{2}/u;

/** Finds email addresses, including those with letters of other scripts. */
export function findEmails(text: string, effort: Effort): RedactedSpan[] {
  const spans: RedactedSpan[] = [];
  let from = 0;
  for (let at = text.indexOf('@'); at !== -1; at = text.indexOf('@', at + 1)) {
    spendCandidate(effort);
    const start = localStart(text, from, at);
    spendSteps(effort, at - start);
    const end = start === at ? -1 : domainEnd(text, at + 1);
    if (end !== -1) spans.push({ start, end });
    from = at + 1;
  }
  return spans;
}

/**
 * Returns where the local part before the @ begins.
 *
 * @param from the earliest possible start
 */
function localStart(text: string, from: number, at: number): number {
  let start = at;
  while (start > from) {
    const unit = text.charCodeAt(start - 1);
    let first = start - 1;
    if (unit < 0x80) {
      if (!isLocalAscii(unit)) return start;
    } else {
      // A code point of two units is read from the first.
      if (start - 2 >= from && (text.codePointAt(start - 2) ?? 0) > 0xffff) first = start - 2;
      if (!otherLetter().test(text.slice(first, start))) return start;
    }
    start = first;
  }
  return start;
}

function isLocalAscii(unit: number): boolean {
  const letter = unit | 0x20;
  return (letter >= 0x61 && letter <= 0x7a) || isDigit(unit) || LOCAL_SIGNS.includes(String.fromCharCode(unit));
}

/** Returns where the domain ends: after a label that can be a top-level domain; −1 if there is none. */
function domainEnd(text: string, start: number): number {
  const domain = domainFrom();
  domain.lastIndex = start;
  const labels = domain.exec(text)?.[0].split('.') ?? [];
  for (let last = labels.length - 1; last > 0; last--) {
    const label = labels[last] ?? '';
    if (topLevel().test(label)) return hyphensStart(text, start + labels.slice(0, last + 1).join('.').length);
  }
  return -1;
}

/** Returns where the hyphens at the end of a label begin, because they do not belong to it. */
function hyphensStart(text: string, end: number): number {
  let start = end;
  while (text.charAt(start - 1) === '-') start -= 1;
  return start;
}

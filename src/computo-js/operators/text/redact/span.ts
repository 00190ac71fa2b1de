import { spendSteps, type Effort } from '../../../value/index.js';

/** A part of a text, from its first unit to its end, exclusive. */
export interface RedactedSpan {
  readonly start: number;
  readonly end: number;
}

/**
 * Finds all data of one kind in a text, in linear time.
 *
 * @throws EffortExceeded if the search takes more than `effort` allows
 */
export type FindSpans = (text: string, effort: Effort) => RedactedSpan[];

/** Charges for examining a candidate of limited length. */
export function spendCandidate(effort: Effort): void {
  spendSteps(effort, STEPS_PER_CANDIDATE);
}

const STEPS_PER_CANDIDATE = 30;

/** Joins spans that overlap, so that no part of a match stays visible because another kind covers the rest. */
export function joined(spans: readonly RedactedSpan[]): RedactedSpan[] {
  const found: RedactedSpan[] = [];
  for (const span of [...spans].sort((a, b) => a.start - b.start)) {
    const last = found.at(-1);
    if (last === undefined || span.start >= last.end) found.push(span);
    else if (span.end > last.end) found[found.length - 1] = { start: last.start, end: span.end };
  }
  return found;
}

export function isDigit(unit: number): boolean {
  return unit >= 0x30 && unit <= 0x39;
}

/** An ASCII letter or digit, or `_`. */
export function isWord(character: string): boolean {
  return /^\w$/.test(character);
}

import { inputTokens, writtenTokens, type Nano } from '../money/index.js';
import type { LedgerEntry } from './entry.js';

/** The totals of attempts. Uncertain costs are counted separately and never as zero. */
export interface Totals {
  readonly attempts: number;
  readonly answered: number;
  readonly inputTokens: number;
  /** Of the input tokens, those read from a provider's cache … */
  readonly cacheReadTokens: number;
  /** … and those written to it. */
  readonly cacheWriteTokens: number;
  readonly outputTokens: number;
  /** From the providers' usage. */
  readonly exact: Nano;
  /** Answers without usage, by our own count of their tokens … */
  readonly estimated: Nano;
  /** … and the most that they can have cost. */
  readonly estimatedAtMost: Nano;
  /** Attempts that may have been billed although no answer came … */
  readonly unknown: number;
  /** … and the most that they can have cost. */
  readonly unknownAtMost: Nano;
  /** Attempts whose model has no known price. */
  readonly unpriced: number;
}

export const NOTHING: Totals = {
  attempts: 0,
  answered: 0,
  inputTokens: 0,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  outputTokens: 0,
  exact: 0n,
  estimated: 0n,
  estimatedAtMost: 0n,
  unknown: 0,
  unknownAtMost: 0n,
  unpriced: 0,
};

/** The totals of two sets of attempts. */
export function sumOf(some: Totals, others: Totals): Totals {
  return {
    attempts: some.attempts + others.attempts,
    answered: some.answered + others.answered,
    inputTokens: some.inputTokens + others.inputTokens,
    cacheReadTokens: some.cacheReadTokens + others.cacheReadTokens,
    cacheWriteTokens: some.cacheWriteTokens + others.cacheWriteTokens,
    outputTokens: some.outputTokens + others.outputTokens,
    exact: some.exact + others.exact,
    estimated: some.estimated + others.estimated,
    estimatedAtMost: some.estimatedAtMost + others.estimatedAtMost,
    unknown: some.unknown + others.unknown,
    unknownAtMost: some.unknownAtMost + others.unknownAtMost,
    unpriced: some.unpriced + others.unpriced,
  };
}

/** `totals` plus one attempt. An attempt that is under way counts as unknown: it may be billed at any moment. */
export function plus(totals: Totals, entry: LedgerEntry): Totals {
  const { end } = entry;
  const billing = end?.billing ?? 'unknown';
  const cost = end === undefined ? 0n : end.cost;
  const bound = end === undefined ? entry.worst : end.bound;
  return {
    attempts: totals.attempts + 1,
    answered: totals.answered + (end?.outcome === 'answered' ? 1 : 0),
    inputTokens: totals.inputTokens + (end?.tokens === undefined ? 0 : inputTokens(end.tokens)),
    cacheReadTokens: totals.cacheReadTokens + (end?.tokens?.cacheRead ?? 0),
    cacheWriteTokens: totals.cacheWriteTokens + (end?.tokens === undefined ? 0 : writtenTokens(end.tokens)),
    outputTokens: totals.outputTokens + (end?.tokens?.output ?? 0),
    exact: totals.exact + (billing === 'exact' ? (cost ?? 0n) : 0n),
    estimated: totals.estimated + (billing === 'estimated' ? (cost ?? 0n) : 0n),
    estimatedAtMost: totals.estimatedAtMost + (billing === 'estimated' ? (bound ?? 0n) : 0n),
    unknown: totals.unknown + (billing === 'unknown' ? 1 : 0),
    unknownAtMost: totals.unknownAtMost + (billing === 'unknown' ? (bound ?? 0n) : 0n),
    unpriced: totals.unpriced + (bound === null ? 1 : 0),
  };
}

import type { Nano } from '../money/index.js';

export const ROUTES = ['cheapest', 'ordered', 'fastest'] as const;
/** Which of several providers is tried first. */
export type Route = (typeof ROUTES)[number];

/** The values that a route compares. */
export interface RouteCandidate {
  /** What the request is likely to cost there; undefined: no price is known. */
  readonly likelyCost: Nano | undefined;
  /** Mean milliseconds of recent answers; undefined if not measured. */
  readonly latencyMs: number | undefined;
}

/** Candidates in the order to try them. Equal ones stay in their configured order. */
export function inOrder<T extends RouteCandidate>(candidates: readonly T[], route: Route): readonly T[] {
  switch (route) {
    case 'ordered':
      return candidates;
    case 'cheapest':
      // An unpriced model may cost anything, so it comes last.
      return candidates.toSorted((a, b) => compare(a.likelyCost, b.likelyCost, 'unknown last'));
    case 'fastest':
      return candidates.toSorted((a, b) => compare(a.latencyMs, b.latencyMs, 'unknown first'));
  }
}

function compare<T extends bigint | number>(
  a: T | undefined,
  b: T | undefined,
  unknown: 'unknown first' | 'unknown last',
): number {
  if (a !== undefined && b !== undefined) return a < b ? -1 : a > b ? 1 : 0;
  if (a === b) return 0;
  return (a === undefined) === (unknown === 'unknown first') ? -1 : 1;
}

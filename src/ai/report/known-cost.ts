import type { Totals } from '../ledger/index.js';
import type { Nano } from '../money/index.js';

/** Returns the known spending: by the provider's usage, or by our own count of an answer's tokens. */
export function knownCost(totals: Totals): Nano {
  return totals.exact + totals.estimated;
}

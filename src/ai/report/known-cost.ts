import type { Totals } from '../ledger/index.js';
import type { Nano } from '../money/index.js';

/** The known spending, by the provider's usage or by our own count of an answer's tokens. */
export function knownCost(totals: Totals): Nano {
  return totals.exact + totals.estimated;
}

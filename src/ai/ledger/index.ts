/** The ledger: one entry per HTTP attempt, and totals. */
export { IN_DOUBT, parseEntry, printEntry, type AttemptEnd, type Attribution, type LedgerEntry } from './entry.js';
export { DIMENSIONS, NO_VALUE, parseDimension, type Dimension } from './dimensions.js';
export { OTHERS, type Group } from './groups.js';
export { attemptId, createLedger, type Ledger, type Period } from './ledger.js';
export { NOTHING, plus, sumOf, type Totals } from './totals.js';

/** The ledger: one entry per HTTP attempt, and their sums. */
export type { AttemptEnd, Billing, LedgerEntry, Tags } from './entry.js';
export { attemptId, createLedger, DIMENSIONS, type Dimension, type Group, type Ledger, type Period } from './ledger.js';
export { NOTHING, plus, type Totals } from './totals.js';

/** The ledger: one entry per HTTP attempt, and totals. */
export { IN_DOUBT, parseEntry, printEntry, type AttemptEnd, type LedgerEntry, type Tags } from './entry.js';
export { attemptId, createLedger, DIMENSIONS, type Dimension, type Group, type Ledger, type Period } from './ledger.js';
export { NOTHING, plus, type Totals } from './totals.js';

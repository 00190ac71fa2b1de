/** The journal: what was asked, what was answered, and what is in doubt. */
export { callKey, answerInputs, type CallFacts, type CallIdentity } from './call-key.js';
export { createJournal, type Found, type Journal, type JournalOptions } from './journal.js';
export { paidIn } from './paid-in.js';
export type { Pruned } from './prune.js';
export type {
  CallRecord,
  CallState,
  Doubt,
  Draft,
  Ending,
  KeptDraft,
  PaidAttempt,
  ReceivedAnswer,
  Tally,
} from './record.js';

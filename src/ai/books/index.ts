/** Budget, ledger and journal together, and recovery of what a dead process left in them. */
export { openBooks, type Books } from './books.js';
export { doubtfulCalls, doubtOf, standingOf, type DoubtfulCall, type DoubtSum, type Standing } from './doubt.js';
export { rekeyBooks } from './rekey.js';
export type { Recovered } from './recover.js';

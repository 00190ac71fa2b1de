/** The budget: worst cases reserved, costs charged, across processes. */
export type { Account, Reservation } from './account-book.js';
export { createBudget, type AccountState, type Budget, type Charge, type ReserveResult } from './budget.js';

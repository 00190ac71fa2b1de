/** Which process owns something, and whether that process is alive. */
export type { Owner } from './owner.js';
export { listedOwners, ownersIn, type StoreOwners } from './owners.js';
export { StateInUseError } from './state-in-use-error.js';

/** Which process something belongs to, and whether that process is still there. */
export type { Owner } from './owner.js';
export { listedOwners, ownersIn, type StoreOwners } from './owners.js';
export { StateInUseError } from './state-in-use-error.js';

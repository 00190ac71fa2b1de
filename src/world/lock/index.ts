/** Locks that hold across processes, containers and machines. To be imported when one is taken: it loads the network. */
export { LockedError, type LockHolder } from './locked-error.js';
export { lockHolder } from './look-at-lock.js';
export { takeLock, type Lock, type LockOptions } from './take-lock.js';

/** Locks that hold across processes, containers and machines. Import this only to take a lock: it loads the network modules. */
export { LockedError, type LockHolder } from './locked-error.js';
export { lockHolder } from './look-at-lock.js';
export { takeLock, type Lock, type LockOptions } from './take-lock.js';

/** Floor 1: time and processes. `lock/` has its own door, so that only those who need locks load it. */
export { realClock, sleep, type Clock } from './clock.js';
export { onAbort } from './on-abort.js';
export * from './process/index.js';
export { isLockFile } from './lock/names.js';

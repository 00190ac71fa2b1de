/** Floor 1: time and processes. The lock has a door of its own, `lock/`: who needs none does not load it. */
export { realClock, sleep, type Clock } from './clock.js';
export * from './process/index.js';
export { isLockFile } from './lock/names.js';

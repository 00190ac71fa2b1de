/** Floor 1: time and processes. `lock/` has its own index, so that only code that needs locks loads it. */
export { realClock, sleep, type Clock } from './clock.js';
export { simulatedClock, type SimulatedClock } from './simulated-clock.js';
export { minuteText } from './minute-text.js';
export { onAbort } from './on-abort.js';
export * from './process/index.js';
export { isLockFile } from './lock/names.js';

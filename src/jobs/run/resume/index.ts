/** `run --resume`: where the last run stopped, what has changed since, and how this run continues. Loaded only for that. */
export { lockOutputs, type LockedOutputs } from './forget.js';
export { lookAtResumed } from './look-at-resumed.js';
export { openResumed } from './open-resumed.js';

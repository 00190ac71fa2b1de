/** `run --resume`: where the last run stopped, what has changed since, and how this run continues. Loaded only for that. */
export { forgetOutputs } from './forget.js';
export { openResumed } from './open-resumed.js';

/** A replay: processes stored events, or dead letters, once more. */
export { replay, type ReplayOutcome } from './replay.js';
export type { EventChoice, ReplayPlan, ReplayWay } from './plan.js';

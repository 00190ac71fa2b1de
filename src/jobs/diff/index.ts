/** Compares what stored events become with what they became. */
export { OUTCOMES, type DiffSummary, type EventDiff, type RouteChange } from './compare.js';
export { diff, type DiffOutcomes } from './diff.js';
export type { BeforePipelines, DiffPlan } from './plan.js';
export { priceDiff } from './price.js';

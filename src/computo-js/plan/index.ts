/** What can be told from a program's text about what it reads and what it passes through. */
export type { Fields } from './fields.js';
export type { Compute, OutputPlan } from './output.js';
export { planOf, type Plan, type PlanHost } from './plan.js';

/** What can be told from a program's text about what it reads and what it passes through. */
export type { FieldReader } from './fields.js';
export type { Compute, OutputProgram } from './output.js';
export { planOf, type FieldProgram, type PlanHost } from './plan.js';

/** What a program's text tells about what it reads and passes through. */
export type { FieldReader } from './fields.js';
export type { Compute, OutputProgram } from './output.js';
export { planOf, type FieldProgram, type PlanHost } from './plan.js';

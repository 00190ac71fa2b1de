/** The inputs of a daemon besides HTTP, by kind. */
export type { IntakePlace, SourceKind } from './kind.js';
export { sourceKinds } from './kinds.js';

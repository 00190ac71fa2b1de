/** What a daemon reads besides HTTP, by its kind. */
export type { IntakePlace, SourceKind } from './kind.js';
export { sourceKinds } from './kinds.js';

/** What can be said about a script without running it. */
export { check, type CheckOptions } from './check.js';
export type { ScriptDiagnostic } from './diagnostic.js';

/** A problem in a script, found without running it. */
export interface ScriptDiagnostic {
  /** The kind of problem, in kebab-case. Stable: tools may rely on it. */
  readonly code: string;
  /** An `error` fails whenever a run reaches it; a `warning` works, but probably not as intended. */
  readonly severity: 'error' | 'warning';
  /** JSON Pointer into the script. */
  readonly path: string;
  readonly message: string;
  /** How to fix the problem, if known. */
  readonly hint?: string;
}

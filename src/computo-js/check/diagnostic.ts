/** Something wrong with a script, found without running it. */
export interface ScriptDiagnostic {
  /** What kind of problem, in kebab-case. Stable: tools may rely on it. */
  readonly code: string;
  /** An `error` fails whenever it is reached; a `warning` works, but hardly as meant. */
  readonly severity: 'error' | 'warning';
  /** JSON Pointer into the script. */
  readonly path: string;
  readonly message: string;
  /** A way out, where one is known. */
  readonly hint?: string;
}

import { byPlace, type Diagnostic } from './diagnostic.js';

/** A config or script that can't be used. Carries all findings at once. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly diagnostics: readonly Diagnostic[];

  /** @param diagnostics at least one error; may include warnings found on the way */
  constructor(diagnostics: readonly Diagnostic[]) {
    const sorted = [...diagnostics].sort(byPlace);
    const first = sorted.find((diagnostic) => diagnostic.severity === 'error') ?? sorted[0];
    const others = sorted.filter((diagnostic) => diagnostic.severity === 'error').length - 1;
    const more = others > 0 ? ` (and ${others} more)` : '';
    super(first === undefined ? 'invalid' : `${first.file}:${first.line}:${first.column}: ${first.message}${more}`);
    this.diagnostics = sorted;
  }
}

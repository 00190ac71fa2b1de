import type { ExitCode } from './exit-codes.js';

/** A mistake that whoever called us can mend: printed as a line and a hint, never with a stack. */
export class UserError extends Error {
  override readonly name = 'UserError';

  /** @param hint the way out, as an instruction */
  constructor(
    message: string,
    readonly exitCode: ExitCode,
    readonly hint?: string,
  ) {
    super(message);
  }
}

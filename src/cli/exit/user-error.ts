import type { ExitCode } from './exit-codes.js';

/** A mistake that the user can fix: printed as a line and a hint, never with a stack. */
export class UserError extends Error {
  override readonly name = 'UserError';

  /** @param hint what to do, as an instruction */
  constructor(
    message: string,
    readonly exitCode: ExitCode,
    readonly hint?: string,
  ) {
    super(message);
  }
}

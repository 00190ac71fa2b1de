import { resolveSecret, SecretError } from '../../config/index.js';
import { EXIT, type ExitCode } from './exit-codes.js';
import { UserError } from './user-error.js';

/**
 * Returns the text of a secret.
 *
 * @param where it is named, so that the user knows where to look
 * @throws UserError if it is not available
 */
export async function revealed(
  ref: Parameters<typeof resolveSecret>[0],
  where: string,
  exitCode: ExitCode = EXIT.invalid,
): Promise<string> {
  try {
    return (await resolveSecret(ref)).reveal();
  } catch (error) {
    if (error instanceof SecretError) throw new UserError(`${where}: ${error.message}`, exitCode);
    throw error;
  }
}

import { resolveSecret, SecretError } from '../../config/index.js';
import { EXIT, type ExitCode } from './exit-codes.js';
import { UserError } from './user-error.js';

/**
 * The text of a secret.
 *
 * @param where it is named, for whoever has to look there
 * @throws UserError when it is not to be had
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

import { existsSync } from 'node:fs';
import { didYouMean } from '../../config/diagnostic/index.js';
import { EXIT } from '../exit/exit-codes.js';
import { UserError } from '../exit/user-error.js';

/**
 * Rejects a bare word that names no file: it was probably meant as a command.
 *
 * @param commands the names of the existing commands
 * @throws UserError
 */
export function refuseUnknownCommand([first]: readonly string[], commands: readonly string[]): void {
  if (first === undefined || !/^[a-z]+$/.test(first) || commands.includes(first) || existsSync(first)) return;
  const hint = didYouMean(first, commands) ?? 'colloquium help lists the commands and the guides';
  throw new UserError(`there is neither a command nor a file named ${first}`, EXIT.usage, hint);
}

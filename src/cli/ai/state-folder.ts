import { StateInUseError, StoreDamagedError } from '../../ai/index.js';
import { EXIT } from '../exit-codes.js';
import { UserError } from '../user-error.js';

/**
 * Opens something in the state folder.
 *
 * @throws UserError when the folder can't be used
 */
export async function inStateFolder<T>(folder: string, open: () => Promise<T>): Promise<T> {
  try {
    return await open();
  } catch (error) {
    if (error instanceof StoreDamagedError) {
      const hint = 'move the folder away; what it held of answers and costs is lost to colloquium';
      throw new UserError(error.message, EXIT.dataError, hint);
    }
    if (error instanceof StateInUseError) throw new UserError(error.message, EXIT.usage, error.hint);
    if (error instanceof Error && 'code' in error && 'syscall' in error) {
      const hint = 'state_dir in the config names another folder';
      throw new UserError(`cannot use the state folder ${folder}: ${error.message}`, EXIT.dataError, hint);
    }
    throw error;
  }
}

import { EXIT } from './exit-codes.js';
import { UserError } from './user-error.js';

/**
 * Does something in the state folder.
 *
 * @throws UserError when the folder can't be used
 */
export async function inStateFolder<T>(folder: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof Error && 'code' in error && 'syscall' in error) {
      const hint = 'state_dir in the config names another folder';
      throw new UserError(`cannot use the state folder ${folder}: ${error.message}`, EXIT.dataError, hint);
    }
    throw error;
  }
}

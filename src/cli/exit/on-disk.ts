import { EXIT } from './exit-codes.js';
import { UserError } from './user-error.js';

/** Does something with files of ours; what the disk refuses is told as a sentence. */
export async function onDisk<T>(action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    // Errors of ours may have a cause with a system call, and none themselves.
    if (error instanceof Error && 'syscall' in error) throw new UserError(error.message, EXIT.dataError);
    throw error;
  }
}

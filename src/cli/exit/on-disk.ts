import { EXIT } from './exit-codes.js';
import { UserError } from './user-error.js';

/** Does something with Colloquium's own files, and reports a disk error as a sentence. */
export async function onDisk<T>(action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    // Colloquium's own errors may have a cause with a system call, but have none themselves.
    if (error instanceof Error && 'syscall' in error) throw new UserError(error.message, EXIT.dataError);
    throw error;
  }
}

import { JobError } from './job-error.js';

/**
 * Does something in the state folder.
 *
 * @throws JobError when the folder can't be used
 */
export async function inStateFolder<T>(folder: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof Error && 'code' in error && 'syscall' in error) {
      const hint = 'state_dir in the config names another folder';
      throw new JobError(`cannot use the state folder ${folder}: ${error.message}`, 'failed', hint);
    }
    throw error;
  }
}

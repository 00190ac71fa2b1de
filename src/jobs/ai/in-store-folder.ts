import { StateInUseError, StoreDamagedError } from '../../ai/index.js';
import { inStateFolder } from '../state-folder.js';
import { JobError } from '../job-error.js';

/**
 * Opens the AI stores in the state folder.
 *
 * @throws JobError when the folder can't be used
 */
export async function inStoreFolder<T>(folder: string, open: () => Promise<T>): Promise<T> {
  try {
    return await inStateFolder(folder, open);
  } catch (error) {
    if (error instanceof StateInUseError) throw new JobError(error.message, 'refused', error.hint);
    if (!(error instanceof StoreDamagedError)) throw error;
    const hint = 'move the folder away; what it held of answers and costs is lost to colloquium';
    throw new JobError(error.message, 'failed', hint);
  }
}

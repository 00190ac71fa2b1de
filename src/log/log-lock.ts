import type { Lock } from '../world/lock/index.js';
import { diskError } from './disk-error.js';
import { LogError } from './log-error.js';

/**
 * Takes a log's folder for this process, which alone may write to it, or remove from it.
 *
 * @param command what this process runs, for whoever is refused
 * @throws LogError `locked`, naming the owner; `read` when the folder can't be used
 */
export async function takeLogLock(folder: string, command?: string): Promise<Lock> {
  const { LockedError, takeLock } = await import('../world/lock/index.js');
  try {
    return await takeLock(folder, { what: `the log ${folder}`, ...(command !== undefined && { command }) });
  } catch (error) {
    if (error instanceof LockedError) throw new LogError('locked', error.message, { cause: error });
    throw diskError('read', `${folder}: the log can't be opened`, error);
  }
}

/** Whether some process writes to a log. */
export async function isLogWritten(folder: string): Promise<boolean> {
  const { lockHolder } = await import('../world/lock/index.js');
  return (await lockHolder(folder)) !== undefined;
}

/**
 * Does something that removes from a log, while nobody writes to it. On a full disk no lock can be made, by nobody: then it is enough
 * that none is held, so that room can be made.
 *
 * @throws LogError `locked`
 */
export async function underLogLock<T>(folder: string, command: string, action: () => Promise<T>): Promise<T> {
  const lock = await takeLogLock(folder, command).catch((error: unknown) => {
    if (error instanceof LogError && (error.code === 'ENOSPC' || error.code === 'EDQUOT')) return undefined;
    throw error;
  });
  try {
    return await action();
  } finally {
    await lock?.release();
  }
}

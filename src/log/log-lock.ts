import type { Lock } from '../world/lock/index.js';
import { diskError } from './disk-error.js';
import { LogError } from './log-error.js';

/**
 * Locks a log's folder for this process: only this process may then write to the folder or remove files from it.
 *
 * @param command what this process runs, shown to processes that are refused
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

/** Whether any process is writing to a log. */
export async function isLogWritten(folder: string): Promise<boolean> {
  const { lockHolder } = await import('../world/lock/index.js');
  return (await lockHolder(folder)) !== undefined;
}

/**
 * Runs an action that removes files from a log while nobody writes to it. On a full disk no process can create a lock: it is then
 * enough that no lock is held, so that space can be freed.
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

/**
 * Call this before reading the keys beside a writer: LMDB identifies its readers by pid, and two processes with the same pid, in
 * two containers, would free each other's pages.
 *
 * @throws LogError `locked`
 */
export async function refuseNamesake(folder: string): Promise<void> {
  const { lockHolder } = await import('../world/lock/index.js');
  const holder = await lockHolder(folder);
  if (holder === undefined || holder.isSelf || holder.process.pid !== process.pid) return;
  throw new LogError(
    'locked',
    `${folder}: process ${process.pid} in another container writes to this log, and two processes with the same number can't use its keys at once. Run this in the writer's container, or stop the writer.`,
  );
}

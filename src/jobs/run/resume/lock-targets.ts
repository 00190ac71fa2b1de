import { join } from 'node:path';
import { makeFolder } from '../../../files/index.js';
import { takeLock, type Lock } from '../../../world/lock/index.js';
import { inStateFolder } from '../../state-folder.js';
import { nameOf } from './store.js';
import type { Target } from './targets.js';

const OWNER_ONLY = 0o700;

/** The folder of a file's lock. It is never removed: if it is missing, no run ever kept a checkpoint of the file. */
export function lockFolder(stateFolder: string, path: string): string {
  return join(stateFolder, 'locks', nameOf(path));
}

/**
 * Keeps other runs from the files that this run writes.
 *
 * @returns a function that releases them
 * @throws LockedError when another run holds one of them; JobError when the state folder can't be used
 */
export async function lockTargets(stateFolder: string, targets: readonly Target[]): Promise<() => Promise<void>> {
  const locks: Lock[] = [];
  const release = async (): Promise<void> => {
    for (const lock of locks.splice(0)) await lock.release();
  };
  // All runs lock in the same order, so that of two runs that want the same files, one gets them all.
  const inOrder = [...targets].sort((a, b) => (a.path < b.path ? -1 : 1));
  try {
    for (const { path, plan } of inOrder) {
      const folder = lockFolder(stateFolder, path);
      const options = { what: plan.path, command: 'colloquium run' };
      locks.push(
        await inStateFolder(stateFolder, () => {
          makeFolder(folder, OWNER_ONLY);
          return takeLock(folder, options);
        }),
      );
    }
    return release;
  } catch (error) {
    await release();
    throw error;
  }
}

import { setTimeout as sleep } from 'node:timers/promises';
import { nodeFileSystem, type FileSystem } from './file-system.js';

/** A save is over when nothing has been written for so long. */
export const AT_REST_MS = 200;

/** Files that are written without end are not waited for any longer. */
const TRIES_MAX = 25;

/**
 * Reads files that somebody may be saving: a file that is cut or half written reads well enough, and says something else.
 * They are read when nobody has written for {@link AT_REST_MS}, and once more when somebody has meanwhile.
 *
 * @param read what it gives or throws counts only when no file has changed since before it
 * @returns what the last reading gave, also where the files never come to rest
 */
export async function readAtRest<T>(
  files: () => readonly string[],
  read: () => Promise<T>,
  system: FileSystem = nodeFileSystem,
): Promise<T> {
  for (let tries = 1; ; tries++) {
    const before = await stampsOf(files(), system);
    await sleep(AT_REST_MS);
    const isAtRest = async (): Promise<boolean> => tries === TRIES_MAX || (await stampsOf(files(), system)) === before;
    if (!(await isAtRest())) continue;
    const outcome = await read().then(
      (value) => () => value,
      (error: unknown) => () => {
        throw error;
      },
    );
    if (await isAtRest()) return outcome();
  }
}

async function stampsOf(files: readonly string[], system: FileSystem): Promise<string> {
  const stats = await Promise.all(files.map((file) => system.statLater(file, 'follow').catch(() => undefined)));
  return stats.map((found) => (found ? `${found.node}:${found.size}:${found.stamp}` : 'missing')).join(' ');
}

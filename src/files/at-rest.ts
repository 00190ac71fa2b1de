import { setTimeout as sleep } from 'node:timers/promises';
import { nodeFileSystem, type FileSystem } from './file-system.js';

/** A save counts as finished when nothing has been written for this long. */
export const AT_REST_MS = 200;

/** Limits the wait for files that are written without pause. */
const TRIES_MAX = 25;

/**
 * Reads files that may be in the middle of a save: a truncated or half-written file often parses, but with another meaning. Reads
 * once nobody has written for {@link AT_REST_MS}, and again if somebody wrote during the read.
 *
 * @param read its result or error counts only if no file changed from before the call until after it
 * @returns the result of the last read, even if the files never come to rest
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

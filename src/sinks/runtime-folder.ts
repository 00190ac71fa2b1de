import { lstatSync, mkdirSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { hasCode } from '../files/index.js';

const OWNER_ONLY = 0o700;
const OF_OTHERS = 0o077;

/**
 * A folder that all processes of a user on a machine share, wherever they were started and whatever their environment: it does
 * not depend on TMPDIR or HOME.
 */
const PLACE = process.platform === 'win32' ? tmpdir() : '/tmp';

/**
 * Returns the folder for files that last as long as the processes of this user. Creates it if necessary.
 *
 * @throws Error when it can't be created, or others could write to it
 */
export function runtimeFolder(place = PLACE): string {
  const uid = process.getuid?.();
  const folder = join(place, `colloquium-${uid ?? userInfo().username}`);
  try {
    mkdirSync(folder, OWNER_ONLY);
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
  }
  const stats = lstatSync(folder);
  if (!stats.isDirectory()) throw new Error(`${folder} is not a folder`);
  if (uid !== undefined && (stats.uid !== uid || (stats.mode & OF_OTHERS) !== 0)) {
    throw new Error(`${folder} is accessible to other users`);
  }
  return folder;
}

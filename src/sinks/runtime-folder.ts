import { lstatSync, mkdirSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { hasCode } from '../files/index.js';

const OWNER_ONLY = 0o700;
const OF_OTHERS = 0o077;

/**
 * What all processes of a user on a machine meet in, wherever they were started and whatever their environment says: so it does not
 * go by TMPDIR or HOME.
 */
const PLACE = process.platform === 'win32' ? tmpdir() : '/tmp';

/**
 * The folder for what lasts no longer than the processes of this user. It is made where it is missing.
 *
 * @throws Error when it cannot be made, or others could write to it
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
  if (!stats.isDirectory()) throw new Error(`${folder} is no folder`);
  if (uid !== undefined && (stats.uid !== uid || (stats.mode & OF_OTHERS) !== 0)) {
    throw new Error(`${folder} is not for its user alone`);
  }
  return folder;
}

import { statSync } from 'node:fs';

/**
 * Says that others than its owner may read or change the file of a key; undefined: they may not, or nobody can tell.
 *
 * @param path absolute
 */
export function looseKeyFile(path: string): string | undefined {
  // Its permissions are told in another way there.
  if (process.platform === 'win32') return undefined;
  let mode: number;
  try {
    const stats = statSync(path);
    if (!stats.isFile()) return undefined;
    mode = stats.mode & 0o777;
  } catch {
    return undefined;
  }
  if ((mode & 0o077) === 0) return undefined;
  return `others than its owner may read or change the key in ${path} (its mode is ${mode.toString(8)})`;
}

/** What to do about {@link looseKeyFile}. */
export const LOOSE_KEY_HINT = 'chmod 600 it';

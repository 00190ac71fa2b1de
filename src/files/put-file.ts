import { open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { hasCode } from './file-system.js';
import { makeFolder } from './make-folder.js';
import { replaceFile } from './replace-file.js';

/** Its owner alone: what is written may be private. */
const PERMISSIONS = 0o600;

/**
 * Gives a file this content in one step, see {@link replaceFile}. Creates the file and its folder if they are missing.
 *
 * @throws the operating system's errors
 */
export async function putFile(path: string, content: string): Promise<void> {
  makeFolder(dirname(path));
  try {
    await (await open(path, 'wx', PERMISSIONS)).close();
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
  }
  await replaceFile(path, content);
}

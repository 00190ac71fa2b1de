import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { hasCode, nodeFileSystem } from './file-system.js';

/**
 * Makes a folder, and those above it. One that is there is left as it is.
 *
 * @param mode of the folders that it makes, less the umask
 * @throws the operating system's errors
 */
export function makeFolder(path: string, mode = 0o777): void {
  // Not `recursive`: where a file system takes no folders, as below /proc, that tries again for ever.
  if (isFolder(path)) return;
  const above = dirname(path);
  if (above !== path) makeFolder(above, mode);
  try {
    mkdirSync(path, mode);
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
    if (!isFolder(path)) throw notAFolder(path);
  }
}

function isFolder(path: string): boolean {
  return nodeFileSystem.stat(path)?.kind === 'folder';
}

function notAFolder(path: string): Error {
  return Object.assign(new Error(`not a directory: ${path}`), { code: 'ENOTDIR', syscall: 'mkdir', path });
}

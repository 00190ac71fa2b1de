import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { hasCode, nodeFileSystem } from './file-system.js';

/**
 * Creates a folder and its missing parents. An existing folder is not changed.
 *
 * @param mode permissions of new folders, before the umask is applied
 * @throws the operating system's errors
 */
export function makeFolder(path: string, mode = 0o777): void {
  // Not `recursive`: if a file system rejects folders, as below /proc, Node.js would retry forever.
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

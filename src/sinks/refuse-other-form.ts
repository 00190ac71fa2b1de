import { closeSync, openSync, readSync } from 'node:fs';
import { HEADER_BYTES, isSealedFile } from '../crypt/index.js';
import { hasCode, nodeFileSystem } from '../files/index.js';

/**
 * Checks that a file to which lines are added holds lines of the same form, encrypted or not. A missing or empty file is fine.
 *
 * @throws Error that says what to do; the operating system's errors
 */
export function refuseOtherForm(path: string, encrypts: boolean): void {
  const stats = nodeFileSystem.stat(path);
  if (stats?.kind !== 'file' || stats.size === 0) return;
  const start = startOf(path);
  if (start === undefined || isSealedFile(start) === encrypts) return;
  throw new Error(
    encrypts
      ? 'it holds lines that are not encrypted, and encrypted ones can not follow them: move it away'
      : 'it is encrypted, and lines that are not can not follow: write encrypt: true, or move it away',
  );
}

/** @returns undefined if it can't be read: then it can't be told */
function startOf(path: string): Buffer | undefined {
  let fd: number;
  try {
    fd = openSync(path, 'r');
  } catch (error) {
    if (hasCode(error, 'EACCES', 'EPERM', 'ENOENT')) return undefined;
    throw error;
  }
  try {
    const start = Buffer.alloc(HEADER_BYTES);
    return start.subarray(0, readSync(fd, start, 0, start.length, 0));
  } finally {
    closeSync(fd);
  }
}

import { closeSync, ftruncateSync, openSync, readdirSync } from 'node:fs';
import { hasCode } from '../files/index.js';

/** The names in a folder, sorted; none where there is no folder. @throws the operating system's errors */
export function filesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).sort();
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR')) return [];
    throw error;
  }
}

/** Cuts a file to a length in bytes. @throws the operating system's errors */
export function truncateFile(path: string, bytes: number): void {
  const fd = openSync(path, 'r+');
  try {
    ftruncateSync(fd, bytes);
  } finally {
    closeSync(fd);
  }
}

import { closeSync, ftruncateSync, openSync, readdirSync } from 'node:fs';
import { hasCode } from '../files/index.js';

/** Returns the sorted names in a folder; none if the folder does not exist. @throws the operating system's errors */
export function filesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).sort();
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR')) return [];
    throw error;
  }
}

/** Truncates a file to a length in bytes. @throws the operating system's errors */
export function truncateFile(path: string, bytes: number): void {
  const fd = openSync(path, 'r+');
  try {
    ftruncateSync(fd, bytes);
  } finally {
    closeSync(fd);
  }
}

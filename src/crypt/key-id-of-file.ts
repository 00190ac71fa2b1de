import { closeSync, openSync, readSync } from 'node:fs';
import { HEADER_BYTES, isSealedFile, readHeader } from './frame.js';

/**
 * The id of the key that a file starts with: an encrypted file of a log, or an encrypted output, whose later sections may have
 * others.
 *
 * @returns undefined if it is not encrypted, its header is damaged, or it can't be read
 */
export function keyIdOfFile(path: string): string | undefined {
  const start = Buffer.alloc(HEADER_BYTES);
  let count: number;
  try {
    const fd = openSync(path, 'r');
    try {
      count = readSync(fd, start, 0, start.length, 0);
    } finally {
      closeSync(fd);
    }
  } catch {
    return undefined;
  }
  const header = start.subarray(0, count);
  return isSealedFile(header) ? readHeader(header).header?.keyId : undefined;
}

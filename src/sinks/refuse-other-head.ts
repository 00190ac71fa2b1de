import { closeSync, openSync, readSync } from 'node:fs';
import { sealedStart, type KeyRing } from '../crypt/index.js';
import { nodeFileSystem } from '../files/index.js';
import { SinkError } from './sink.js';

/** The most bytes of a header that a message shows. */
const TOLD_MAX = 100;

/**
 * Checks that a file to which rows are added begins with their header. A missing or empty file is fine.
 *
 * @param head with its newline
 * @param keys if the file is encrypted
 * @throws SinkError
 */
export function refuseOtherHead(path: string, head: Uint8Array, keys?: KeyRing): void {
  const stats = nodeFileSystem.stat(path);
  if (stats?.kind !== 'file' || stats.size === 0) return;
  const start =
    keys === undefined ? startOf(path, Math.max(head.length, TOLD_MAX)) : openedStart(path, head.length, keys);
  // Of a file of another form, nothing is read here: opening it says so.
  if (start.length === 0 || start.subarray(0, head.length).equals(head)) return;
  const [line = ''] = start.toString('utf8', 0, TOLD_MAX).split('\n');
  const reason = `it begins with ${JSON.stringify(line)}, which is not the header of these columns: move it away, or name its columns`;
  throw new SinkError(path, 'open', new Error(reason));
}

function startOf(path: string, bytes: number): Buffer {
  let fd: number | undefined;
  try {
    fd = openSync(path, 'r');
    const start = Buffer.alloc(bytes);
    return start.subarray(0, readSync(fd, start, 0, bytes, 0));
  } catch (error) {
    throw new SinkError(path, 'open', error);
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

function openedStart(path: string, bytes: number, keys: KeyRing): Buffer {
  const fd = openSync(path, 'r');
  try {
    return sealedStart(fd, path, keys, bytes);
  } finally {
    closeSync(fd);
  }
}

import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import {
  fingerprintOf,
  isSameFingerprint,
  nodeFileSystem,
  PACKED_HEAD_BYTES,
  packedHead,
  readAt,
  type Fingerprint,
} from '../files/index.js';
import { filesIn } from './folder.js';

/** A gzip file ends with the length of its content, modulo 2^32. */
const LENGTH_BYTES = 4;

/**
 * Finds the gzip file in a folder that has the content of a removed file, by its beginning and its length: whoever renamed that
 * file has packed it since.
 *
 * @param head of the removed file
 * @param size of the removed file, in bytes
 * @returns its path; undefined if there is none
 * @throws the operating system's errors
 */
export function findPackedTwin(folder: string, head: Fingerprint, size: number): string | undefined {
  const paths = filesIn(folder).flatMap((name) => (name.endsWith('.gz') ? [join(folder, name)] : []));
  return paths.find((path) => holds(path, head, size));
}

function holds(path: string, head: Fingerprint, size: number): boolean {
  let fd: number;
  try {
    fd = openSync(path, 'r');
  } catch {
    return false;
  }
  try {
    const stats = nodeFileSystem.fstat(fd);
    if (stats.kind !== 'file' || stats.size <= LENGTH_BYTES) return false;
    const length = readAt(nodeFileSystem, fd, stats.size - LENGTH_BYTES, LENGTH_BYTES);
    if (Buffer.from(length).readUInt32LE() !== size % 2 ** 32) return false;
    const packed = readAt(nodeFileSystem, fd, 0, PACKED_HEAD_BYTES);
    return isSameFingerprint(fingerprintOf(packedHead(packed).subarray(0, head.bytes)), head);
  } catch {
    // It is not a gzip file, or is gone.
    return false;
  } finally {
    closeSync(fd);
  }
}

import {
  FINGERPRINT_BYTES_MAX,
  fingerprintAt,
  isSameFingerprint,
  parseFingerprint,
  type Fingerprint,
} from './fingerprint.js';
import { nodeFileSystem, type FileSystem } from './file-system.js';

/**
 * Which file something is, whatever it is called. The inode alone does not tell: a file system gives that of a removed file
 * to the next one at once. The beginning alone does not either: files may begin alike.
 */
export interface FileIdentity {
  /** Device and inode; undefined where the file system has none. */
  readonly node?: string;
  /** What it began with when it was seen: at most 1 KB, less when there was less. */
  readonly head: Fingerprint;
}

/** A beginning of fewer bytes says nothing about where a file came from: `[` or `{"id":1}` begin many. */
export const TELLING_BYTES_MIN = 16;

/**
 * What a file that is there now is to one that was known:
 * `same`, grown or not; `moved`, another inode with the same beginning: a copy, or the same file on another mount;
 * `cut`, the same inode, now shorter than what is known of its beginning; `other`, no relation.
 */
export type Relation = 'same' | 'moved' | 'cut' | 'other';

/** The identity of an open file. @throws the operating system's errors */
export function identify(fd: number, fs: FileSystem = nodeFileSystem): FileIdentity {
  const { node } = fs.fstat(fd);
  return { ...(node !== undefined && { node }), head: fingerprintAt(fs, fd, 0, FINGERPRINT_BYTES_MAX) };
}

/**
 * Compares a known file with an open one. A known file without a byte is `same` with whatever has its inode.
 *
 * @param isAtItsPlace whether the open file has the name that the known one had: then another inode with the same beginning,
 *   as after a restore, is no reason to doubt, however short the beginning is
 * @throws the operating system's errors
 */
export function relationOf(
  known: FileIdentity,
  fd: number,
  { isAtItsPlace = false, fs = nodeFileSystem }: { isAtItsPlace?: boolean; fs?: FileSystem } = {},
): Relation {
  const { node, size } = fs.fstat(fd);
  const isSameNode = known.node !== undefined && known.node === node;
  if (size < known.head.bytes) return isSameNode ? 'cut' : 'other';
  if (!isSameFingerprint(known.head, fingerprintAt(fs, fd, 0, known.head.bytes))) return 'other';
  if (isSameNode) return 'same';
  return isAtItsPlace || known.head.bytes >= TELLING_BYTES_MIN ? 'moved' : 'other';
}

/** Reads a stored identity; undefined when it is none. */
export function parseIdentity(value: unknown): FileIdentity | undefined {
  if (typeof value !== 'object' || value === null || !('head' in value)) return undefined;
  const head = parseFingerprint(value.head);
  const node = 'node' in value ? value.node : undefined;
  if (head === undefined || (node !== undefined && typeof node !== 'string')) return undefined;
  return { ...(node !== undefined && { node }), head };
}

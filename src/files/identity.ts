import {
  FINGERPRINT_BYTES_MAX,
  fingerprintAt,
  isSameFingerprint,
  parseFingerprint,
  type Fingerprint,
} from './fingerprint.js';
import { nodeFileSystem, type FileSystem } from './file-system.js';

/**
 * Identifies a file regardless of its name. The inode alone is not enough: a file system reuses the inode of a removed file at
 * once. The beginning alone is not enough either: different files may begin alike.
 */
export interface FileIdentity {
  /** Device and inode; undefined if the file system has no inodes. */
  readonly node?: string;
  /** The file's first bytes when it was last examined: at most 1 KB. */
  readonly head: Fingerprint;
}

/** A shorter beginning does not identify a file: many files begin with `[` or `{"id":1}`. */
export const TELLING_BYTES_MIN = 16;

/**
 * How an existing file relates to a known one:
 * `same`, possibly longer; `moved`, another inode with the same beginning: a copy, or the same file on another mount;
 * `cut`, the same inode, but shorter than its known beginning; `other`, unrelated.
 */
export type Relation = 'same' | 'moved' | 'cut' | 'other';

/** The identity of an open file. @throws the operating system's errors */
export function identify(fd: number, fs: FileSystem = nodeFileSystem): FileIdentity {
  const { node } = fs.fstat(fd);
  return { ...(node !== undefined && { node }), head: fingerprintAt(fs, fd, 0, FINGERPRINT_BYTES_MAX) };
}

/**
 * Compares a known file with an open one. A known file that was empty is `same` as any file with its inode.
 *
 * @param isAtItsPlace whether the open file has the known file's name: if so, another inode with the same beginning, as after a
 *   restore, is accepted however short the beginning is
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

/** Parses a stored identity; undefined if the value is not one. */
export function parseIdentity(value: unknown): FileIdentity | undefined {
  if (typeof value !== 'object' || value === null || !('head' in value)) return undefined;
  const head = parseFingerprint(value.head);
  const node = 'node' in value ? value.node : undefined;
  if (head === undefined || (node !== undefined && typeof node !== 'string')) return undefined;
  return { ...(node !== undefined && { node }), head };
}

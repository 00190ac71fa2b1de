import { basename } from 'node:path';
import { fingerprintBefore, isSameFingerprint, parseFingerprint, type Fingerprint } from './fingerprint.js';
import { hasCode, nodeFileSystem, type FileStats, type FileSystem } from './file-system.js';
import { identify, parseIdentity, type FileIdentity } from './identity.js';
import { areSamplesThere, SAMPLED_BYTES_MAX, samplesBefore } from './samples.js';

/** A finished file that we wrote. It is ours until somebody changes or replaces it. */
export interface OwnedFile {
  /** Relative to its folder. */
  readonly name: string;
  /** Its place among the files of the output, counting from 1. */
  readonly number: number;
  /** Whether it is compressed. */
  readonly packed: boolean;
  /** Bytes. */
  readonly size: number;
  /** When it was last written, in milliseconds since the epoch. */
  readonly mtimeMs: number;
  readonly file: FileIdentity;
  /** Its last bytes, at most 1 KB. */
  readonly end: Fingerprint;
  /** The whole content of a small file; undefined: the file is recognized by its modification time. */
  readonly whole?: Fingerprint;
}

/**
 * Describes a finished file, under its name or the name that it is about to get. @throws the operating system's errors
 */
export function describeFile(
  path: string,
  { number, packed, name = basename(path) }: { number: number; packed: boolean; name?: string },
  fs: FileSystem = nodeFileSystem,
): OwnedFile {
  const fd = fs.open(path);
  try {
    const { size, mtimeMs } = fs.fstat(fd);
    return {
      ...{ name, number, packed, size, mtimeMs },
      file: identify(fd, fs),
      end: fingerprintBefore(fs, fd, size),
      ...(size <= SAMPLED_BYTES_MAX && { whole: samplesBefore(fd, size, fs) }),
    };
  } finally {
    fs.close(fd);
  }
}

/**
 * Whether the file at the path is as we left it: if its modification time is unchanged, judged by its beginning and end;
 * otherwise by all of its bytes, if these are known. The inode does not count: the file may be a restored copy.
 *
 * @throws the operating system's errors
 */
export function isStillOurs(owned: OwnedFile, path: string, fs: FileSystem = nodeFileSystem): boolean {
  if (fs.linkTarget(path) !== undefined) return false;
  const stats = fs.stat(path);
  if (stats === undefined || !isAlike(owned, stats)) return false;
  let fd: number;
  try {
    fd = fs.open(path);
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'EACCES', 'EPERM')) return false;
    throw error;
  }
  try {
    const { file, end, size, mtimeMs, whole } = owned;
    const now = fs.fstat(fd);
    if (!isAlike(owned, now) || !isSameFingerprint(file.head, identify(fd, fs).head)) return false;
    if (!isSameFingerprint(end, fingerprintBefore(fs, fd, size))) return false;
    return now.mtimeMs === mtimeMs || (whole !== undefined && areSamplesThere(whole, fd, size, fs));
  } finally {
    fs.close(fd);
  }
}

function isAlike({ size }: OwnedFile, now: FileStats): boolean {
  return now.kind === 'file' && now.size === size;
}

/** Parses a stored description; undefined if the value is not one. */
export function parseOwnedFile(value: unknown): OwnedFile | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { name, number, packed, size, mtimeMs, file, end, whole } = value as Readonly<Record<keyof OwnedFile, unknown>>;
  const identity = parseIdentity(file);
  const ending = parseFingerprint(end);
  if (identity === undefined || ending === undefined || typeof packed !== 'boolean') return undefined;
  // A name that contains a folder would lead out of the output's folder.
  if (typeof name !== 'string' || name === '' || basename(name) !== name) return undefined;
  if (typeof size !== 'number' || typeof mtimeMs !== 'number' || !Number.isSafeInteger(number)) return undefined;
  const all = parseFingerprint(whole);
  return {
    name,
    number: Number(number),
    packed,
    size,
    mtimeMs,
    file: identity,
    end: ending,
    ...(all && { whole: all }),
  };
}

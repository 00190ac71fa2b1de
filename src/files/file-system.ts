import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readlinkSync,
  readSync,
  realpathSync,
  statSync,
  type BigIntStats,
} from 'node:fs';
import { lstat, readdir, stat } from 'node:fs/promises';

/** The attributes of a file or folder. */
export interface FileStats {
  /** `link` only if links are not followed. */
  readonly kind: 'file' | 'folder' | 'link' | 'other';
  /** Device and inode, which identify the file among all files that exist now. Undefined if the file system has no inodes. */
  readonly node: string | undefined;
  /** Bytes. */
  readonly size: number;
  /** When the content last changed, in milliseconds since the epoch. */
  readonly mtimeMs: number;
  /** The number of hard links. */
  readonly links: number;
  /** Changes whenever the file's content, names or permissions change. */
  readonly stamp: string;
}

/** The file system calls that this folder uses. Relative paths are relative to the process's working folder. */
export interface FileSystem {
  /** Follows links. @returns undefined if nothing exists. @throws the operating system's errors, such as a loop of links */
  stat(path: string): FileStats | undefined;
  /** Like {@link stat}, without blocking the process: the file system may be slow or unavailable. */
  statLater(path: string, links: 'follow' | 'show'): Promise<FileStats | undefined>;
  /** The names in a folder, unordered, as bytes because not all are UTF-8. @throws the operating system's errors */
  list(folder: string): Promise<readonly Buffer[]>;
  /** @throws the operating system's errors */
  fstat(fd: number): FileStats;
  /** The path of an existing file with all links resolved. @throws the operating system's errors */
  realPath(path: string): string;
  /** The target of a link, as written; undefined if the path is not a link. */
  linkTarget(path: string): string | undefined;
  /** @throws the operating system's errors */
  open(path: string): number;
  /** Opens anything but a link, and does not wait for a pipe's writer. @throws the operating system's errors, such as ELOOP */
  openUnlinked(path: string): number;
  /** @returns how many bytes were read: 0 at the end. @throws the operating system's errors */
  read(fd: number, into: Uint8Array, position: number): number;
  close(fd: number): void;
}

/** A flag that the system lacks is undefined and adds nothing. */
const UNLINKED = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** The real file system. */
export const nodeFileSystem: FileSystem = {
  stat: (path) => {
    try {
      const stats = statSync(path, { bigint: true, throwIfNoEntry: false });
      return stats && shown(stats);
    } catch (error) {
      // A parent of the path is a file, so nothing can exist there.
      if (hasCode(error, 'ENOTDIR')) return undefined;
      throw error;
    }
  },
  async statLater(path, links) {
    try {
      return shown(await (links === 'follow' ? stat : lstat)(path, { bigint: true }));
    } catch (error) {
      if (hasCode(error, 'ENOENT', 'ENOTDIR')) return undefined;
      throw error;
    }
  },
  list: (folder) => readdir(folder, { encoding: 'buffer' }),
  fstat: (fd) => shown(fstatSync(fd, { bigint: true })),
  realPath: (path) => realpathSync.native(path),
  linkTarget: (path) => {
    try {
      return readlinkSync(path);
    } catch (error) {
      if (hasCode(error, 'EINVAL', 'ENOENT', 'ENOTDIR', 'UNKNOWN')) return undefined;
      throw error;
    }
  },
  open: (path) => openSync(path, 'r'),
  openUnlinked: (path) => openSync(path, UNLINKED),
  read: (fd, into, position) => readSync(fd, into, 0, into.length, position),
  close: closeSync,
};

function shown(stats: BigIntStats): FileStats {
  return {
    kind: kindOf(stats),
    node: stats.ino === 0n ? undefined : `${stats.dev}:${stats.ino}`,
    size: Number(stats.size),
    mtimeMs: Number(stats.mtimeMs),
    links: Number(stats.nlink),
    stamp: `${stats.mtimeNs}:${stats.ctimeNs}`,
  };
}

function kindOf(stats: BigIntStats): FileStats['kind'] {
  if (stats.isFile()) return 'file';
  if (stats.isDirectory()) return 'folder';
  return stats.isSymbolicLink() ? 'link' : 'other';
}

/** Whether an error comes from the operating system and has one of these codes. */
export function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && codes.includes(error.code);
}

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

/** What is known of a file or folder. */
export interface FileStats {
  /** `link` only where links are not followed. */
  readonly kind: 'file' | 'folder' | 'link' | 'other';
  /** Tells the file from every other that is there now: device and inode. Undefined where the file system has no inodes. */
  readonly node: string | undefined;
  /** Bytes. */
  readonly size: number;
  /** When its bytes changed last, in milliseconds since the epoch. */
  readonly mtimeMs: number;
  /** How many names it has. */
  readonly links: number;
  /** Another one whenever its bytes, names or rights have changed. */
  readonly stamp: string;
}

/** What this room uses of the file system. Paths are taken as the process's working folder has them. */
export interface FileSystem {
  /** Links are followed. @returns undefined where nothing is. @throws the operating system's errors, for one a loop of links */
  stat(path: string): FileStats | undefined;
  /** The same without holding the process up, where a file system may be slow, or away. */
  statLater(path: string, links: 'follow' | 'show'): Promise<FileStats | undefined>;
  /** The names in a folder, in no order, as bytes: not all are UTF-8. @throws the operating system's errors */
  list(folder: string): Promise<readonly Buffer[]>;
  /** @throws the operating system's errors */
  fstat(fd: number): FileStats;
  /** The one path without links to something that is there. @throws the operating system's errors */
  realPath(path: string): string;
  /** Where a link leads, as it is written; undefined where no link is. */
  linkTarget(path: string): string | undefined;
  /** @throws the operating system's errors */
  open(path: string): number;
  /** Opens what is no link, and waits for nobody who would write to a pipe. @throws the operating system's errors, for one ELOOP */
  openUnlinked(path: string): number;
  /** @returns how many bytes were read: 0 at the end. @throws the operating system's errors */
  read(fd: number, into: Uint8Array, position: number): number;
  close(fd: number): void;
}

/** A system that does not know one of these flags has none: it adds nothing. */
const UNLINKED = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** The file system of this machine. */
export const nodeFileSystem: FileSystem = {
  stat: (path) => {
    try {
      const stats = statSync(path, { bigint: true, throwIfNoEntry: false });
      return stats && shown(stats);
    } catch (error) {
      // A file stands where a folder would have to be: nothing can be there.
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

/** Whether an error is one of the operating system's with one of these codes. */
export function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && codes.includes(error.code);
}

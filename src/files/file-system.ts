import {
  closeSync,
  fstatSync,
  openSync,
  readlinkSync,
  readSync,
  realpathSync,
  statSync,
  type BigIntStats,
} from 'node:fs';

/** What is known of a file or folder, links followed. */
export interface FileStats {
  readonly kind: 'file' | 'folder' | 'other';
  /** Tells the file from every other that is there now: device and inode. Undefined where the file system has no inodes. */
  readonly node: string | undefined;
  /** Bytes. */
  readonly size: number;
  /** When its bytes changed last, in milliseconds since the epoch. */
  readonly mtimeMs: number;
  /** How many names it has. */
  readonly links: number;
}

/** What this room uses of the file system. Paths are taken as the process's working folder has them. */
export interface FileSystem {
  /** @returns undefined where nothing is. @throws the operating system's errors, for one a loop of links */
  stat(path: string): FileStats | undefined;
  /** @throws the operating system's errors */
  fstat(fd: number): FileStats;
  /** The one path without links to something that is there. @throws the operating system's errors */
  realPath(path: string): string;
  /** Where a link leads, as it is written; undefined where no link is. */
  linkTarget(path: string): string | undefined;
  /** @throws the operating system's errors */
  open(path: string): number;
  /** @returns how many bytes were read: 0 at the end. @throws the operating system's errors */
  read(fd: number, into: Uint8Array, position: number): number;
  close(fd: number): void;
}

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
  read: (fd, into, position) => readSync(fd, into, 0, into.length, position),
  close: closeSync,
};

function shown(stats: BigIntStats): FileStats {
  return {
    kind: stats.isFile() ? 'file' : stats.isDirectory() ? 'folder' : 'other',
    node: stats.ino === 0n ? undefined : `${stats.dev}:${stats.ino}`,
    size: Number(stats.size),
    mtimeMs: Number(stats.mtimeMs),
    links: Number(stats.nlink),
  };
}

/** Whether an error is one of the operating system's with one of these codes. */
export function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && codes.includes(error.code);
}

import { closeSync, fstatSync, futimesSync, lstatSync, openSync } from 'node:fs';
import { link, lstat, mkdir, open, readdir, rename, rmdir, unlink } from 'node:fs/promises';
import { isOnLocalFileSystem } from './file-system.js';

/** The file system as locks use it. All methods fail with the operating system's errors. */
export interface LockFiles {
  makeFolder(folder: string): Promise<void>;
  /** The names in a folder; empty if the folder does not exist. */
  list(folder: string): Promise<readonly string[]>;
  read(path: string): Promise<{ readonly text: string; readonly inode: string } | undefined>;
  /**
   * Creates a file.
   *
   * @param textOf returns the file's content, given its inode
   */
  create(path: string, textOf: (inode: string) => string): Promise<void>;
  /** A file's inode; undefined if the file does not exist. */
  inode(path: string): Promise<string | undefined>;
  /** Adds a second name to a file; returns false if the name is taken or the file is gone. */
  link(existing: string, path: string): Promise<boolean>;
  rename(from: string, to: string): Promise<void>;
  /** Removes a file. A missing file is not an error. */
  remove(path: string): Promise<void>;
  /** Removes a folder; fails if it is not empty. */
  removeEmptyFolder(folder: string): Promise<void>;
  isLocal(folder: string): Promise<boolean>;
  /**
   * Opens a file, so that it can be distinguished from any other that gets its name later.
   *
   * @returns undefined if the file is gone
   */
  hold(path: string): HeldFile | undefined;
  /** When a file was last modified, in milliseconds since the epoch. */
  touchedAt(path: string): Promise<number | undefined>;
}

/** A file that is kept open. */
export interface HeldFile {
  readonly inode: string;
  /** Whether the name still refers to this file. Cheap. */
  isThere(): boolean;
  /**
   * Sets the file's modification time.
   *
   * @param now milliseconds since the epoch
   */
  touch(now: number): void;
  close(): void;
}

const OWNER_ONLY_FILE = 0o600;
const OWNER_ONLY_FOLDER = 0o700;

/** The real file system. */
export const realLockFiles: LockFiles = {
  async makeFolder(folder) {
    await mkdir(folder, { recursive: true, mode: OWNER_ONLY_FOLDER });
  },
  async list(folder) {
    return (await unlessMissing(readdir(folder))) ?? [];
  },
  async read(path) {
    const file = await unlessMissing(open(path, 'r'));
    if (file === undefined) return undefined;
    try {
      const { ino } = await file.stat({ bigint: true });
      return { text: await file.readFile('utf8'), inode: String(ino) };
    } finally {
      await file.close();
    }
  },
  async create(path, textOf) {
    const file = await open(path, 'wx', OWNER_ONLY_FILE);
    try {
      const { ino } = await file.stat({ bigint: true });
      await file.writeFile(textOf(String(ino)));
    } finally {
      await file.close();
    }
  },
  async inode(path) {
    const found = await unlessMissing(lstat(path, { bigint: true }));
    return found === undefined ? undefined : String(found.ino);
  },
  async link(existing, path) {
    try {
      await link(existing, path);
      return true;
    } catch (error) {
      if (['EEXIST', 'ENOENT'].includes(codeOf(error) ?? '')) return false;
      throw error;
    }
  },
  rename: (from, to) => rename(from, to),
  async remove(path) {
    await unlessMissing(unlink(path));
  },
  removeEmptyFolder: (folder) => rmdir(folder),
  isLocal: isOnLocalFileSystem,
  hold(path) {
    const fd = unlessMissingNow(() => openSync(path, 'r'));
    if (fd === undefined) return undefined;
    const { ino, dev } = fstatSync(fd, { bigint: true });
    return {
      inode: String(ino),
      isThere() {
        const found = lstatSync(path, { bigint: true, throwIfNoEntry: false });
        return found !== undefined && found.ino === ino && found.dev === dev;
      },
      touch(now) {
        futimesSync(fd, now / 1000, now / 1000);
      },
      close: () => closeSync(fd),
    };
  },
  async touchedAt(path) {
    return (await unlessMissing(lstat(path)))?.mtimeMs;
  },
};

/** The `code` of a failed system call. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

async function unlessMissing<T>(done: Promise<T>): Promise<T | undefined> {
  try {
    return await done;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function unlessMissingNow<T>(open: () => T): T | undefined {
  try {
    return open();
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

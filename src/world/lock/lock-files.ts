import {
  closeSync,
  fstatSync,
  futimesSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
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

/** The real file system. Each call is short, and `node:fs/promises` would have to be loaded first. */
export const realLockFiles: LockFiles = {
  makeFolder: (folder) =>
    promised(() => {
      mkdirSync(folder, { recursive: true, mode: OWNER_ONLY_FOLDER });
    }),
  list: (folder) => promised(() => unlessMissing(() => readdirSync(folder)) ?? []),
  read: (path) =>
    promised(() => {
      const fd = unlessMissing(() => openSync(path, 'r'));
      if (fd === undefined) return undefined;
      try {
        return { inode: inodeOf(fd), text: readFileSync(fd, 'utf8') };
      } finally {
        closeSync(fd);
      }
    }),
  create: (path, textOf) =>
    promised(() => {
      const fd = openSync(path, 'wx', OWNER_ONLY_FILE);
      try {
        writeFileSync(fd, textOf(inodeOf(fd)));
      } finally {
        closeSync(fd);
      }
    }),
  inode: (path) =>
    promised(() => {
      const found = lstatSync(path, { bigint: true, throwIfNoEntry: false });
      return found === undefined ? undefined : String(found.ino);
    }),
  link: (existing, path) =>
    promised(() => {
      try {
        linkSync(existing, path);
        return true;
      } catch (error) {
        if (['EEXIST', 'ENOENT'].includes(codeOf(error) ?? '')) return false;
        throw error;
      }
    }),
  rename: (from, to) => promised(() => renameSync(from, to)),
  remove: (path) => promised(() => unlessMissing(() => unlinkSync(path))),
  removeEmptyFolder: (folder) => promised(() => rmdirSync(folder)),
  isLocal: (folder) => promised(() => isOnLocalFileSystem(folder)),
  hold(path) {
    const fd = unlessMissing(() => openSync(path, 'r'));
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
  touchedAt: (path) => promised(() => lstatSync(path, { throwIfNoEntry: false })?.mtimeMs),
};

/** The `code` of a failed system call. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

function inodeOf(fd: number): string {
  return String(fstatSync(fd, { bigint: true }).ino);
}

function promised<T>(call: () => T): Promise<T> {
  return new Promise((resolve) => resolve(call()));
}

function unlessMissing<T>(call: () => T): T | undefined {
  try {
    return call();
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

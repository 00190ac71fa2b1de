import type { KeyRing } from '../../crypt/index.js';

/**
 * The file system calls that the log uses: few, so that a test can simulate a disk that is full, slow or broken. All calls fail
 * with the operating system's errors (`code` ENOSPC, EIO, …).
 */
export interface Disk {
  /** The keys with which files are encrypted; undefined: none is, and none can be read. */
  readonly keys?: KeyRing | undefined;
  /**
   * Opens a file. `create` creates it, readable only by its owner, and fails with EEXIST if it exists; `update` opens an existing
   * one for reading and writing.
   */
  open(path: string, mode: 'read' | 'update' | 'create'): Promise<DiskFile>;
  /** The names in a folder, unordered. */
  list(folder: string): Promise<string[]>;
  /** A file's length in bytes; undefined if it does not exist. */
  size(path: string): Promise<number | undefined>;
  /** Creates a folder that only its owner can enter, and its missing parents. Does not change an existing folder. */
  makeFolder(path: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  /** Adds a second name to a file. Fails with EEXIST if the name is taken. */
  link(existing: string, path: string): Promise<void>;
  /** Copies a file to a new name, sharing its blocks if the file system supports that. Fails with EEXIST if the name is taken. */
  copy(from: string, to: string): Promise<void>;
  remove(path: string): Promise<void>;
  /** Makes the names in a folder durable. */
  syncFolder(path: string): Promise<void>;
}

export interface DiskFile {
  /** Reads up to `end - start` bytes from `position` into `into`; returns 0 at the end of the file. */
  read(into: Buffer, start: number, end: number, position: number): Promise<number>;
  /** Writes at `position` and returns how many bytes were written, which may be fewer than given. */
  write(bytes: Uint8Array, position: number): Promise<number>;
  /**
   * Like `write`, but on this thread: for a few bytes, which go to the operating system's memory, that takes a tenth of the processor
   * time of a call to another thread. Undefined: there is only `write`.
   */
  readonly writeNow?: (bytes: Uint8Array, position: number) => number;
  size(): Promise<number>;
  truncate(bytes: number): Promise<void>;
  /** Makes the file's content durable. */
  datasync(): Promise<void>;
  close(): Promise<void>;
}

/** The `code` of a failed system call, or undefined for any other error. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

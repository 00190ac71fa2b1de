/**
 * The file system as the log uses it: few calls, so that a test can hand in one that is full, slow or broken. All calls
 * fail with the operating system's errors (`code` ENOSPC, EIO, …).
 */
export interface Disk {
  /**
   * Opens a file. `create` makes a new one, readable by its owner alone, and fails with EEXIST when there is one; `update`
   * opens one that is there for reading and writing.
   */
  open(path: string, mode: 'read' | 'update' | 'create'): Promise<DiskFile>;
  /** The names in a folder, in no order. */
  list(folder: string): Promise<string[]>;
  /** A file's length in bytes, or undefined when there is none. */
  size(path: string): Promise<number | undefined>;
  /** Makes a folder that only its owner can enter, and those above it. One that is there is left as it is. */
  makeFolder(path: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  /** A second name for a file. Fails with EEXIST when the name is taken. */
  link(existing: string, path: string): Promise<void>;
  /** Copies a file to a new name, sharing its blocks where the file system can. Fails with EEXIST when the name is taken. */
  copy(from: string, to: string): Promise<void>;
  remove(path: string): Promise<void>;
  /** Puts the names in a folder onto the medium. */
  syncFolder(path: string): Promise<void>;
}

export interface DiskFile {
  /** Reads up to `end - start` bytes from `position` into `into`; 0 at the end of the file. */
  read(into: Buffer, start: number, end: number, position: number): Promise<number>;
  /** Writes at `position` and returns how many bytes went out, which may be fewer than asked for. */
  write(bytes: Uint8Array, position: number): Promise<number>;
  size(): Promise<number>;
  truncate(bytes: number): Promise<void>;
  /** Puts the file's content onto the medium. */
  datasync(): Promise<void>;
  close(): Promise<void>;
}

/** The `code` of a failed system call, or undefined for any other error. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

import { closeSync, fdatasync, fstatSync, openSync } from 'node:fs';
import { promisify } from 'node:util';
import { nodeFileSystem } from '../files/index.js';
import { Edges } from './edges.js';
import type { PositionMark } from './file-position.js';
import { writeFileFully, writeFully } from './write-fully.js';

const datasync = promisify(fdatasync);

/**
 * What became of the file that is written, as its name and its length tell:
 * `same`; `renamed`, it has another name now; `removed`, it has none, and nothing or an empty file is in its place; `replaced`,
 * it has none, and another file is in its place; `cut`, it is shorter; `grown`, somebody else wrote to it.
 */
export type Standing = 'same' | 'renamed' | 'removed' | 'replaced' | 'cut' | 'grown';

export interface WrittenFileOptions {
  readonly empty: boolean;
  /** Permissions of a new file; undefined: those that the process gives. */
  readonly mode: number | undefined;
  readonly now: () => number;
}

/** The file of an output that is open for writing at its end. */
export class WrittenFile {
  /** Bytes; 0 for what is no regular file (a device, a pipe). */
  #size: number;
  readonly isRegular: boolean;
  readonly node: string | undefined;
  /** When its first line was written, milliseconds since the epoch. */
  began: number;
  #edges: Edges | undefined;

  /** @throws the operating system's errors */
  static open(path: string, options: WrittenFileOptions): WrittenFile {
    return new WrittenFile(path, openSync(path, options.empty ? 'w' : 'a', options.mode), options);
  }

  private constructor(
    private readonly path: string,
    private readonly fd: number,
    { now }: WrittenFileOptions,
  ) {
    const stats = fstatSync(fd);
    const { size, birthtimeMs, mtimeMs } = stats;
    this.isRegular = stats.isFile();
    this.#size = this.isRegular ? size : 0;
    this.node = this.isRegular ? nodeFileSystem.fstat(fd).node : undefined;
    // Not every file system knows when a file was made.
    this.began = size === 0 ? now() : birthtimeMs > 0 ? Math.min(birthtimeMs, mtimeMs) : mtimeMs;
    this.#edges = this.isRegular ? Edges.of(path, fd, size) : undefined;
  }

  get size(): number {
    return this.#size;
  }

  /** @param waits see `FileSinkOptions.waits` */
  async write(bytes: Uint8Array, waits: boolean): Promise<void> {
    if (this.isRegular && waits) writeFileFully(this.fd, bytes);
    else await writeFully(this.fd, bytes);
    if (!this.isRegular) return;
    this.#size += bytes.length;
    this.#edges?.add(bytes);
  }

  /** What its end is known by now; undefined where that cannot be. */
  mark(): PositionMark | undefined {
    return this.#edges?.mark();
  }

  /** Puts what was written onto the medium. A device or a pipe has nothing to sync, and says so by an error. */
  async sync(): Promise<void> {
    if (this.isRegular) await datasync(this.fd);
  }

  /** @throws the operating system's errors */
  standing(): Standing {
    // Where files have no inodes, another one in its place is not told from it, and its length decides.
    if (!this.isRegular) return 'same';
    const there = nodeFileSystem.stat(this.path);
    if (there === undefined || there.node !== this.node) {
      if (nodeFileSystem.fstat(this.fd).links > 0) return 'renamed';
      return there === undefined || (there.kind === 'file' && there.size === 0) ? 'removed' : 'replaced';
    }
    if (there.size === this.#size) return 'same';
    return there.size < this.#size ? 'cut' : 'grown';
  }

  /** Takes over what somebody else made of the file. @returns by how many bytes it is longer */
  measure(): number {
    const { size } = fstatSync(this.fd);
    const more = size - this.#size;
    this.#size = size;
    this.#edges = Edges.of(this.path, this.fd, size);
    return more;
  }

  close(): void {
    closeSync(this.fd);
  }
}

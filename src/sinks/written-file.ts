import { closeSync, constants, fdatasync, fstatSync, openSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { FRAME_OVERHEAD_BYTES, SECTION_OVERHEAD_BYTES, SectionSealer, type KeyRing } from '../crypt/index.js';
import { hasCode, nodeFileSystem } from '../files/index.js';
import { blocksOf } from './blocks-of.js';
import { Edges } from './edges.js';
import type { PositionMark } from './file-position.js';
import { filesIn } from './folder.js';
import { findPackedTwin } from './packed-twin.js';
import { refuseOtherForm } from './refuse-other-form.js';
import { writeFileFully, writeFully } from './write-fully.js';

/** Lines are appended even if somebody else truncates the file meanwhile, so they never follow a hole. */
const EMPTIED = constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | constants.O_APPEND;

const datasync = promisify(fdatasync);

/**
 * What happened to the current file, judged by its name and length:
 * `same`; `renamed`, it has another name, and may have been packed since; `removed`, it has no name, and nothing or an empty file
 * is in its place; `replaced`, it has no name, and another file is in its place; `cut`, it is shorter; `grown`, somebody else
 * wrote to it.
 */
export type WrittenFileState = 'same' | 'renamed' | 'removed' | 'replaced' | 'cut' | 'grown';

export interface WrittenFileOptions {
  readonly empty: boolean;
  /** Whether the content must stay readable after the file's name is gone. */
  readonly readable: boolean;
  /** Permissions of a new file; undefined: the process's. */
  readonly mode: number | undefined;
  readonly now: () => number;
  /** With which its lines are encrypted; undefined: they are not. */
  readonly keys: KeyRing | undefined;
}

/** An output's file, open for appending. */
export class WrittenFile {
  /** In bytes; 0 if it is not a regular file (a device, a pipe). */
  #size: number;
  readonly isRegular: boolean;
  readonly isReadable: boolean;
  readonly node: string | undefined;
  /** When its first line was written, milliseconds since the epoch. */
  began: number;
  #edges: Edges | undefined;
  readonly #sealer: SectionSealer | undefined;
  /** Undefined while the file is closed until the next write. */
  #fd: number | undefined;
  #isSynced = false;

  /** @throws the operating system's errors */
  static open(path: string, options: WrittenFileOptions): WrittenFile {
    const { empty, readable, mode, keys } = options;
    if (!empty) refuseOtherForm(path, keys !== undefined);
    // A pipe that is also opened for reading would behave differently.
    if (readable && !empty && (nodeFileSystem.stat(path)?.kind ?? 'file') === 'file') {
      try {
        return new WrittenFile(path, openSync(path, 'a+', mode), options);
      } catch (error) {
        if (!hasCode(error, 'EACCES', 'EPERM')) throw error;
      }
    }
    return new WrittenFile(path, openSync(path, empty ? EMPTIED : 'a', mode), { ...options, readable: false });
  }

  private constructor(
    private readonly path: string,
    fd: number,
    { now, readable, keys }: WrittenFileOptions,
  ) {
    this.#fd = fd;
    const stats = fstatSync(fd);
    const { size, birthtimeMs, mtimeMs } = stats;
    this.isRegular = stats.isFile();
    this.#size = this.isRegular ? size : 0;
    this.#sealer = keys && new SectionSealer(keys);
    this.node = this.isRegular ? nodeFileSystem.fstat(fd).node : undefined;
    // Not every file system records when a file was created.
    this.began = size === 0 ? now() : birthtimeMs > 0 ? Math.min(birthtimeMs, mtimeMs) : mtimeMs;
    this.isReadable = readable && this.isRegular;
    this.#edges = this.isRegular ? this.#edgesOf(size) : undefined;
  }

  get size(): number {
    return this.#size;
  }

  /** How large it is if it holds no more than these bytes. @param bytes of a header */
  bareSize(bytes: number): number {
    return bytes === 0 || this.#sealer === undefined ? bytes : bytes + SECTION_OVERHEAD_BYTES;
  }

  /** How large it will be with these lines, about. */
  sizeWith(bytes: number): number {
    if (this.#sealer === undefined) return this.#size + bytes;
    return this.#size + bytes + (this.#sealer.isOpen ? FRAME_OVERHEAD_BYTES : SECTION_OVERHEAD_BYTES);
  }

  /** @param waits see `FileSinkOptions.waits` */
  async write(lines: Uint8Array, waits: boolean): Promise<void> {
    if (this.#sealer === undefined) {
      await this.#write(lines, waits);
      return;
    }
    try {
      await this.#write(this.#sealer.seal(lines, this.#size), waits);
    } catch (error) {
      this.#sealer.leave();
      throw error;
    }
  }

  /** Writes what ends an encrypted file, so that a missing end is found. */
  async finish(waits: boolean): Promise<void> {
    if (this.#sealer?.isOpen === true) await this.#write(this.#sealer.end(), waits);
  }

  async #write(bytes: Uint8Array, waits: boolean): Promise<void> {
    const fd = this.#open();
    this.#isSynced = false;
    if (this.isRegular && waits) writeFileFully(fd, bytes);
    else await writeFully(fd, bytes);
    if (!this.isRegular) return;
    this.#size += bytes.length;
    this.#edges?.add(bytes);
  }

  /** Returns what identifies the file's end; undefined if unknown. */
  mark(): PositionMark | undefined {
    return this.#edges?.mark();
  }

  /** Syncs what was written. Ignores devices and pipes, which have nothing to sync and answer with an error. */
  async sync(): Promise<void> {
    if (!this.isRegular || this.#isSynced) return;
    this.#isSynced = true;
    try {
      // A sync covers the whole file, whoever has written to it.
      const fd = this.#fd ?? openSync(this.path, 'r');
      try {
        await datasync(fd);
      } finally {
        if (fd !== this.#fd) closeSync(fd);
      }
    } catch (error) {
      this.#isSynced = false;
      throw error;
    }
  }

  get isResting(): boolean {
    return this.#fd === undefined;
  }

  /** Closes the file until the next write, because there may be more files than descriptors. */
  rest(): void {
    if (!this.isRegular || this.#fd === undefined) return;
    closeSync(this.#fd);
    this.#fd = undefined;
  }

  /** @returns the file's descriptor */
  #open(): number {
    if (this.#fd !== undefined) return this.#fd;
    const fd = openSync(this.path, constants.O_WRONLY | constants.O_APPEND);
    if (nodeFileSystem.fstat(fd).node !== this.node) {
      closeSync(fd);
      throw new Error('somebody else has put another file in its place');
    }
    this.#fd = fd;
    return fd;
  }

  /** @throws the operating system's errors */
  standing(): WrittenFileState {
    // Without inodes, a replacement can't be distinguished, so the length decides.
    if (!this.isRegular) return 'same';
    const there = nodeFileSystem.stat(this.path);
    if (there === undefined || there.node !== this.node) {
      if (this.#hasName()) return 'renamed';
      if (there !== undefined && !(there.kind === 'file' && there.size === 0)) return 'replaced';
      return this.#isPacked() ? 'renamed' : 'removed';
    }
    if (there.size === this.#size) return 'same';
    return there.size < this.#size ? 'cut' : 'grown';
  }

  /** Whether the file has any name. A closed file is searched for in its folder. */
  #hasName(): boolean {
    if (this.#fd !== undefined) return nodeFileSystem.fstat(this.#fd).links > 0;
    const folder = dirname(this.path);
    return (
      this.node !== undefined &&
      filesIn(folder).some((name) => nodeFileSystem.stat(join(folder, name))?.node === this.node)
    );
  }

  /** Whether somebody has packed the content, and removed only the file that they packed. */
  #isPacked(): boolean {
    const head = this.#size === 0 ? undefined : this.mark()?.file.head;
    return head !== undefined && findPackedTwin(dirname(this.path), head, this.#size) !== undefined;
  }

  /** Accepts what somebody else made of the file. @returns by how many bytes it has grown */
  measure(): number {
    const { size } = fstatSync(this.#open());
    this.#sealer?.leave();
    const more = size - this.#size;
    this.#size = size;
    this.#edges = this.#edgesOf(size);
    return more;
  }

  #edgesOf(size: number): Edges | undefined {
    if (this.isReadable || size === 0) return Edges.of(this.node, size, this.#fd);
    const reader = readerOf(this.path, this.node);
    try {
      return Edges.of(this.node, size, reader);
    } finally {
      if (reader !== undefined) closeSync(reader);
    }
  }

  /** The content in blocks; undefined if it can't be read. A block's memory is reused. */
  content(): Iterable<Uint8Array> | undefined {
    return this.isReadable && this.#fd !== undefined ? blocksOf(this.#fd) : undefined;
  }

  /** Closes this object by handing over its descriptor. */
  handOver(): number {
    return this.#open();
  }

  close(): void {
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
  }
}

/** Opens the file for reading, unless it can't be read or another file has its name. */
function readerOf(path: string, node: string | undefined): number | undefined {
  let fd: number;
  try {
    fd = openSync(path, 'r');
  } catch {
    return undefined;
  }
  if (nodeFileSystem.fstat(fd).node === node) return fd;
  closeSync(fd);
  return undefined;
}

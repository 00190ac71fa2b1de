import { closeSync, openSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { nodeFileSystem, type FileStats } from '../files/index.js';
import { lockFile, unlockFile, type FileLockOptions } from './file-lock.js';
import { fileOf } from './part-names.js';
import { SinkError } from './sink.js';

/** If a file is replaced this often while it is being locked, the process that replaces it gets it. */
const ATTEMPTS_MAX = 5;

export interface FileHoldOptions extends FileLockOptions {
  /** Whether new files are created under the name: nobody else may create one there while it is missing. */
  readonly keepsName?: boolean;
}

/**
 * Prevents other processes of this machine from writing to an output: to the file with its name, and to the next file that gets
 * the name. Devices and pipes may have many writers.
 */
export class FileHold {
  #node: string | undefined;
  #name: string | undefined;

  constructor(
    private readonly path: string,
    private readonly options: FileHoldOptions,
  ) {}

  /** Locks the existing file, if any, without changing it. @throws SinkError when another process writes to it */
  async take(): Promise<void> {
    await this.#take('old');
  }

  async #take(age: 'old' | 'new'): Promise<void> {
    try {
      await this.#takeName();
      for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt++) {
        const there = this.#statsOf(this.path);
        if (there?.kind !== 'file' || there.node === this.#node) return;
        await this.#moveTo(there.node, age);
      }
    } catch (error) {
      throw new SinkError(this.path, 'open', error);
    }
  }

  /** Locks the file, creating it if necessary. @param mode permissions of a new file @throws SinkError */
  async make(mode: number | undefined): Promise<void> {
    const isMissing = this.#statsOf(this.path) === undefined;
    if (isMissing) {
      try {
        await this.#takeName();
        closeSync(openSync(fileOf(this.path), 'a', mode));
      } catch (error) {
        throw new SinkError(this.path, 'open', error);
      }
    }
    await this.#take(isMissing ? 'new' : 'old');
  }

  /**
   * Locks the file that is written from now on, and releases the previous one.
   *
   * @param node device and inode; undefined: the file has none, or is not a regular file
   * @throws LockedError
   */
  async moveTo(node: string | undefined): Promise<void> {
    await this.#moveTo(node, 'new');
  }

  async #moveTo(node: string | undefined, age: 'old' | 'new'): Promise<void> {
    if (node === undefined || node === this.#node) return;
    await lockFile(node, this.options, age);
    const former = this.#node;
    this.#node = node;
    if (former !== undefined) await unlockFile(former);
  }

  /** Releases the file. */
  async release(): Promise<void> {
    const node = this.#node;
    const name = this.#name;
    this.#node = undefined;
    this.#name = undefined;
    if (node !== undefined) await unlockFile(node);
    if (name !== undefined) await unlockFile(name);
  }

  /** Locks the name by its folder's device and inode, because the folder may have several paths, too. */
  async #takeName(): Promise<void> {
    if (this.options.keepsName !== true || this.#name !== undefined) return;
    const there = this.#statsOf(this.path);
    const target = fileOf(this.path);
    const folder = this.#statsOf(dirname(target))?.node;
    if (folder === undefined || there?.kind === 'other') return;
    const { createHash } = process.getBuiltinModule('node:crypto');
    const name = `${folder}:${createHash('sha256').update(basename(target)).digest('hex').slice(0, 16)}`;
    await lockFile(name, this.options, 'old');
    this.#name = name;
  }

  /** If the file can't be inspected, opening it will report that. */
  #statsOf(path: string): FileStats | undefined {
    try {
      return nodeFileSystem.stat(path);
    } catch {
      return undefined;
    }
  }
}

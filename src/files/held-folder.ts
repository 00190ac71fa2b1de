import { nodeFileSystem, type FileSystem } from './file-system.js';

/** What became of a folder: nothing is at its path, or nothing that can be reached; or something else is. */
export type HeldFolderState = 'there' | 'gone' | 'replaced';

/**
 * A folder that a process works in. It is held open, so that its inode goes to no other folder meanwhile: a file system gives that
 * of a removed folder to the next one at once.
 */
export class HeldFolder {
  readonly #fs: FileSystem;
  readonly #node: string | undefined;
  #fd: number | undefined;

  /** @throws the operating system's errors when there is no such folder */
  constructor(
    readonly path: string,
    fs: FileSystem = nodeFileSystem,
  ) {
    this.#fs = fs;
    this.#fd = fs.open(path);
    this.#node = fs.fstat(this.#fd).node;
  }

  /** Whether the path still leads to the folder. Quick: one look. */
  look(): HeldFolderState {
    try {
      const found = this.#fs.stat(this.path);
      if (found === undefined) return 'gone';
      return found.kind === 'folder' && found.node === this.#node ? 'there' : 'replaced';
    } catch {
      return 'gone';
    }
  }

  release(): void {
    if (this.#fd !== undefined) this.#fs.close(this.#fd);
    this.#fd = undefined;
  }
}

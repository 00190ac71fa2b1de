import { nodeFileSystem, type FileSystem } from './file-system.js';

/** The state of a folder: it is there, its path leads nowhere, or its path leads to something else. */
export type HeldFolderState = 'there' | 'gone' | 'replaced';

/**
 * A folder that a process works in. It is kept open so that no other folder gets its inode: a file system reuses the inode of a
 * removed folder at once.
 */
export class HeldFolder {
  readonly #fs: FileSystem;
  readonly #node: string | undefined;
  #fd: number | undefined;

  /** @throws the operating system's errors if the folder does not exist */
  constructor(
    readonly path: string,
    fs: FileSystem = nodeFileSystem,
  ) {
    this.#fs = fs;
    this.#fd = fs.open(path);
    this.#node = fs.fstat(this.#fd).node;
  }

  /** Checks whether the path still leads to this folder. Cheap: one system call. */
  check(): HeldFolderState {
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

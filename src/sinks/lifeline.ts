import { closeSync, openSync, readSync } from 'node:fs';
import { nodeFileSystem } from '../files/index.js';

const BLOCK_BYTES = 1 << 20;

/**
 * Holds an output's file, so that its content can be read also after somebody has removed it. It outlives the sink: a file that is
 * removed while nobody writes to it is not lost either.
 */
export class Lifeline {
  #fd: number | undefined;

  /** Holds the file that has the path, unless it is another one than that of the inode. What was held before is let go. */
  hold(path: string, node: string | undefined): void {
    this.release();
    let fd: number;
    try {
      fd = openSync(path, 'r');
    } catch {
      // It can be written and not be read: then it cannot be given back either.
      return;
    }
    if (nodeFileSystem.fstat(fd).node === node) this.#fd = fd;
    else closeSync(fd);
  }

  /** Whether a file is held that has no name any more. */
  get isRemoved(): boolean {
    return this.#fd !== undefined && nodeFileSystem.fstat(this.#fd).links === 0;
  }

  /** What is in it, in blocks; undefined when none is held. A block's memory is used again. */
  content(): Iterable<Uint8Array> | undefined {
    return this.#fd === undefined ? undefined : blocksOf(this.#fd);
  }

  release(): void {
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
  }
}

function* blocksOf(fd: number): Generator<Uint8Array> {
  const space = new Uint8Array(BLOCK_BYTES);
  for (let at = 0; ;) {
    const count = readSync(fd, space, 0, space.length, at);
    if (count === 0) return;
    yield space.subarray(0, count);
    at += count;
  }
}

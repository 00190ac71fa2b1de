import { closeSync } from 'node:fs';
import { nodeFileSystem } from '../files/index.js';
import { blocksOf } from './blocks-of.js';

/**
 * Holds an output's file after its sink was closed, so that its content can be read also when somebody removes it: a file that is
 * removed while nobody writes to it is not lost either.
 */
export class Lifeline {
  #fd: number | undefined;

  /** Takes a descriptor over. What was held before is let go. */
  hold(fd: number): void {
    this.release();
    this.#fd = fd;
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

import { closeSync } from 'node:fs';
import { nodeFileSystem } from '../files/index.js';
import { blocksOf } from './blocks-of.js';

/**
 * Keeps an output's file open after its sink was closed, so that its content is not lost if somebody removes the file while
 * nobody writes to it.
 */
export class Lifeline {
  #fd: number | undefined;

  /** Takes over a descriptor, and closes the previous one. */
  hold(fd: number): void {
    this.release();
    this.#fd = fd;
  }

  /** Whether the file that is held has no name any more. */
  get isRemoved(): boolean {
    return this.#fd !== undefined && nodeFileSystem.fstat(this.#fd).links === 0;
  }

  /** The content of the file in blocks; undefined if none is held. A block's memory is reused. */
  content(): Iterable<Uint8Array> | undefined {
    return this.#fd === undefined ? undefined : blocksOf(this.#fd);
  }

  release(): void {
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
  }
}

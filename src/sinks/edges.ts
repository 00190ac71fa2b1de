import { readSync } from 'node:fs';
import { FINGERPRINT_BYTES_MAX, fingerprintOf, type Fingerprint } from '../files/index.js';
import type { PositionMark } from './file-position.js';

/** The first and the last bytes of a file being written: they identify positions in it without reading it back. */
export class Edges {
  #head: Uint8Array;
  #headMark: Fingerprint | undefined;
  #tail: Uint8Array;
  #mark: PositionMark | undefined;

  private constructor(
    private readonly node: string | undefined,
    head: Uint8Array,
    tail: Uint8Array,
  ) {
    this.#head = head;
    this.#tail = tail;
  }

  /**
   * @param node of the file
   * @param size bytes in it
   * @param fd the file, open for reading; undefined when it can't be read
   * @returns undefined when the file has content that can't be read
   * @throws the operating system's errors
   */
  static of(node: string | undefined, size: number, fd: number | undefined): Edges | undefined {
    if (size === 0) return new Edges(node, new Uint8Array(0), new Uint8Array(0));
    if (fd === undefined) return undefined;
    const bytes = Math.min(size, FINGERPRINT_BYTES_MAX);
    return new Edges(node, read(fd, 0, bytes), read(fd, size - bytes, bytes));
  }

  /** Records bytes that were written. */
  add(bytes: Uint8Array): void {
    this.#mark = undefined;
    if (this.#head.length < FINGERPRINT_BYTES_MAX) {
      this.#head = joined(this.#head, bytes.subarray(0, FINGERPRINT_BYTES_MAX - this.#head.length));
      this.#headMark = undefined;
    }
    const room = FINGERPRINT_BYTES_MAX - bytes.length;
    // Copied, because the caller reuses its memory.
    this.#tail =
      room > 0
        ? joined(this.#tail.subarray(Math.max(0, this.#tail.length - room)), bytes)
        : new Uint8Array(bytes.subarray(bytes.length - FINGERPRINT_BYTES_MAX));
  }

  /** Returns what identifies the file's current end. */
  mark(): PositionMark {
    this.#mark ??= this.#markNow();
    return this.#mark;
  }

  #markNow(): PositionMark {
    this.#headMark ??= fingerprintOf(this.#head);
    const file = { ...(this.node !== undefined && { node: this.node }), head: this.#headMark };
    return { file, before: fingerprintOf(this.#tail) };
  }
}

function read(fd: number, position: number, bytes: number): Uint8Array {
  const space = new Uint8Array(bytes);
  return space.subarray(0, readSync(fd, space, 0, bytes, position));
}

function joined(one: Uint8Array, other: Uint8Array): Uint8Array {
  const both = new Uint8Array(one.length + other.length);
  both.set(one);
  both.set(other, one.length);
  return both;
}

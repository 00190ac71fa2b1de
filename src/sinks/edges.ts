import { closeSync, openSync, readSync } from 'node:fs';
import { FINGERPRINT_BYTES_MAX, fingerprintOf, nodeFileSystem, type Fingerprint } from '../files/index.js';
import type { PositionMark } from './file-position.js';

const fs = nodeFileSystem;

/** The first and the last bytes of a file that is written: what its places are known by, without reading them back. */
export class Edges {
  #head: Uint8Array;
  #headMark: Fingerprint | undefined;
  #tail: Uint8Array;

  private constructor(
    private readonly node: string | undefined,
    head: Uint8Array,
    tail: Uint8Array,
  ) {
    this.#head = head;
    this.#tail = tail;
  }

  /**
   * @param fd the file, open for writing at its end
   * @param size bytes that are in it
   * @returns undefined where the file cannot be read, or is another one by now
   */
  static of(path: string, fd: number, size: number): Edges | undefined {
    const { node } = fs.fstat(fd);
    if (size === 0) return new Edges(node, new Uint8Array(0), new Uint8Array(0));
    const bytes = Math.min(size, FINGERPRINT_BYTES_MAX);
    // Not the same descriptor: one that also reads would open a pipe in another way, and a file that only takes bytes not at all.
    let reading: number;
    try {
      reading = openSync(path, 'r');
    } catch {
      return undefined;
    }
    try {
      if (fs.fstat(reading).node !== node) return undefined;
      return new Edges(node, read(reading, 0, bytes), read(reading, size - bytes, bytes));
    } finally {
      closeSync(reading);
    }
  }

  /** Takes note of bytes that were written. */
  add(bytes: Uint8Array): void {
    if (this.#head.length < FINGERPRINT_BYTES_MAX) {
      this.#head = joined(this.#head, bytes.subarray(0, FINGERPRINT_BYTES_MAX - this.#head.length));
      this.#headMark = undefined;
    }
    const room = FINGERPRINT_BYTES_MAX - bytes.length;
    // The caller's memory is copied: it is used again.
    this.#tail =
      room > 0
        ? joined(this.#tail.subarray(Math.max(0, this.#tail.length - room)), bytes)
        : new Uint8Array(bytes.subarray(bytes.length - FINGERPRINT_BYTES_MAX));
  }

  /** What the file's end is known by now. */
  mark(): PositionMark {
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

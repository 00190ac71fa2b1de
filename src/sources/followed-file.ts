import { closeSync, read as readWithCallback } from 'node:fs';
import { promisify } from 'node:util';
import { fingerprintOf, hasCode, nodeFileSystem, stateOfPlace, type FilePlace } from '../files/index.js';
import { openForReading } from './open-file.js';
import { headWith, tailWith } from './place/input-mark.js';
import { SourceError } from './read-error.js';

const read = promisify(readWithCallback);
const NOTHING = new Uint8Array(0);

/** The file that has taken another one's name. */
export interface Successor {
  readonly file: FollowedFile;
  /** It contains everything that was read so far, and reading continues after that. */
  readonly isSameContent: boolean;
}

/** A file that is read while others write to it, and the bytes that identify the position in it. */
export class FollowedFile {
  #position = 0;
  #head: Uint8Array = NOTHING;
  #tail: Uint8Array = NOTHING;

  private constructor(
    private readonly path: string,
    private readonly fd: number,
  ) {}

  /** @throws SourceError */
  static open(path: string): FollowedFile {
    return new FollowedFile(path, openForReading(path));
  }

  /**
   * Reads the next bytes.
   *
   * @returns how many bytes: 0 when there are no more for now; `cut` when the content that was read is no longer there
   */
  async read(space: Buffer): Promise<number | 'cut'> {
    // The length does not show a truncation: the file may have grown beyond its old length since.
    if (!this.#isTailThere()) return 'cut';
    const { bytesRead } = await read(this.fd, space, 0, space.length, this.#position);
    const bytes = space.subarray(0, bytesRead);
    this.#position += bytesRead;
    this.#head = headWith(this.#head, bytes);
    if (bytesRead > 0) this.#tail = tailWith(this.#tail, bytes);
    return bytesRead;
  }

  /** Returns to the start. */
  rewind(): void {
    this.#position = 0;
    this.#head = NOTHING;
    this.#tail = NOTHING;
  }

  /** Whether another file has the name now. @throws the operating system's errors */
  hasLostItsName(): boolean {
    const there = nodeFileSystem.stat(this.path);
    return there?.kind === 'file' && there.node !== nodeFileSystem.fstat(this.fd).node;
  }

  /**
   * Returns the file that has the name now.
   *
   * @param onlyAtEnd requires that this file was read to its end, because it may have grown since the last read
   * @throws the operating system's errors
   */
  successor(onlyAtEnd: boolean): Successor | undefined {
    const own = nodeFileSystem.fstat(this.fd);
    if (onlyAtEnd && own.size > this.#position) return undefined;
    let fd: number;
    try {
      fd = openForReading(this.path);
    } catch (error) {
      if (error instanceof SourceError && hasCode(error.cause, 'ENOENT')) return undefined;
      throw error;
    }
    const file = new FollowedFile(this.path, fd);
    // If the file still has another name, it was renamed, and the present file is a different one.
    const isSameContent = own.links === 0 && stateOfPlace(this.#place(own.node), fd).kind === 'good';
    if (isSameContent) file.#takeOver(this);
    return { file, isSameContent };
  }

  close(): void {
    closeSync(this.fd);
  }

  #takeOver(other: FollowedFile): void {
    this.#position = other.#position;
    this.#head = other.#head;
    this.#tail = other.#tail;
  }

  #place(node: string | undefined): FilePlace {
    return {
      file: { ...(node !== undefined && { node }), head: fingerprintOf(this.#head) },
      offset: this.#position,
      lines: 0,
      before: fingerprintOf(this.#tail),
    };
  }

  #isTailThere(): boolean {
    const { length } = this.#tail;
    if (length === 0) return true;
    const space = new Uint8Array(length);
    const count = nodeFileSystem.read(this.fd, space, this.#position - length);
    return count === length && Buffer.compare(space, this.#tail) === 0;
  }
}

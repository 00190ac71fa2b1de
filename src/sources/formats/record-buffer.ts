const BOM = Buffer.from([0xef, 0xbb, 0xbf]);
const GROWTH = 2;

/** The bytes of an input that are not decoded yet: the start of a record and the bytes after it. */
export class RecordBuffer {
  /** Memory of our own, for records that arrive in several chunks. */
  #own: Buffer = Buffer.alloc(0);
  #bytes: Buffer = this.#own;
  #isOwn = true;
  #knowsStart = false;

  /** Valid until the next call. */
  get bytes(): Buffer {
    return this.#bytes;
  }

  /**
   * Drops the bytes before `from` and appends a chunk to the rest. Drops a byte order mark at the start of the input.
   *
   * @returns false while it is unknown whether there is a byte order mark
   */
  add(chunk: Buffer, from: number): boolean {
    const rest = this.#bytes.length - from;
    if (rest === 0) {
      // Nobody writes into a chunk after passing it, so a chunk on its own need not be copied.
      this.#bytes = chunk;
      this.#isOwn = false;
    } else {
      this.#append(chunk, from, rest);
    }
    return this.#knowsStart || this.#dropMark(false);
  }

  /** Ends the input: there are no more bytes. */
  end(): void {
    if (!this.#knowsStart) this.#dropMark(true);
  }

  #append(chunk: Buffer, from: number, rest: number): void {
    const needed = rest + chunk.length;
    if (needed > this.#own.length || !this.#isOwn || from > 0) {
      const grown = needed > this.#own.length ? Buffer.allocUnsafeSlow(needed * GROWTH) : this.#own;
      this.#bytes.copy(grown, 0, from);
      this.#own = grown;
    }
    chunk.copy(this.#own, rest);
    this.#bytes = this.#own.subarray(0, needed);
    this.#isOwn = true;
  }

  #dropMark(isAll: boolean): boolean {
    const start = this.#bytes.subarray(0, BOM.length);
    if (start.length < BOM.length && !isAll && start.equals(BOM.subarray(0, start.length))) return false;
    this.#knowsStart = true;
    if (!start.equals(BOM)) return true;
    this.#bytes = this.#bytes.subarray(BOM.length);
    // The remaining bytes do not start at the start of our memory.
    this.#isOwn = false;
    return true;
  }
}

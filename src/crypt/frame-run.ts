const NOTHING = Buffer.alloc(0);

/** Bytes of a file that were read and are not yet dealt with, in pieces: they are joined only when all that is asked for is there. */
export class FrameRun {
  #pieces: Buffer[] = [];
  #length = 0;
  #at = 0;

  get length(): number {
    return this.#length;
  }

  /** Where they start in the file. */
  get at(): number {
    return this.#at;
  }

  /** @param bytes are kept, so the caller must not write to them again */
  add(bytes: Buffer): void {
    if (bytes.length === 0) return;
    this.#pieces.push(bytes);
    this.#length += bytes.length;
  }

  /** The first bytes, as many as asked for; fewer, possibly none, if not that many are there. */
  start(count: number): Buffer {
    const [first = NOTHING] = this.#pieces;
    if (first.length >= count) return first.subarray(0, count);
    if (this.#length < count && count > JOIN_BYTES_MAX) return NOTHING;
    const joined = Buffer.concat(this.#pieces);
    this.#pieces = [joined];
    return joined.subarray(0, count);
  }

  drop(count: number): void {
    this.#length -= count;
    this.#at += count;
    let left = count;
    for (let [first] = this.#pieces; first !== undefined && left >= first.length; [first] = this.#pieces) {
      left -= first.length;
      this.#pieces.shift();
    }
    const [first] = this.#pieces;
    if (first !== undefined && left > 0) this.#pieces[0] = first.subarray(left);
  }
}

/** Of a header: so short that what is there of it may be joined in vain. */
const JOIN_BYTES_MAX = 256;

const START_BYTES = 64 * 1024;
/** Up to this many characters a loop is faster than a call into the runtime. */
const SHORT_TEXT = 24;

/** A buffer that grows: lines are put together in it as bytes, without strings in between. */
export class ByteWriter {
  /** What was written stands in the first {@link length} bytes. */
  bytes = Buffer.allocUnsafeSlow(START_BYTES);
  length = 0;

  /** Makes room for `count` more bytes. */
  reserve(count: number): void {
    if (this.length + count <= this.bytes.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(this.bytes.length * 2, this.length + count));
    this.bytes.copy(grown, 0, 0, this.length);
    this.bytes = grown;
  }

  byte(byte: number): void {
    this.reserve(1);
    this.bytes[this.length++] = byte;
  }

  /** Copies the bytes from `start` to `end`. */
  copy(from: Uint8Array, start: number, end: number): void {
    const count = end - start;
    this.reserve(count);
    const { bytes, length } = this;
    if (count > SHORT_TEXT) bytes.set(from.subarray(start, end), length);
    else for (let at = 0; at < count; at++) bytes[length + at] = from[start + at] as number;
    this.length = length + count;
  }

  /** Writes text as UTF-8. */
  text(text: string): void {
    const { length: count } = text;
    this.reserve(count * 3);
    if (count <= SHORT_TEXT) {
      const { bytes, length } = this;
      let at = 0;
      for (; at < count; at++) {
        const code = text.charCodeAt(at);
        if (code > 0x7f) break;
        bytes[length + at] = code;
      }
      if (at === count) {
        this.length = length + count;
        return;
      }
    }
    this.length += this.bytes.write(text, this.length, 'utf8');
  }

  /** Gives away what was written, as memory of its own, and starts anew. */
  take(): Buffer {
    const taken = Buffer.allocUnsafeSlow(this.length);
    this.bytes.copy(taken, 0, 0, this.length);
    this.length = 0;
    return taken;
  }
}

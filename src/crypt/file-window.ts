import { FRAME_HEADER_BYTES, FRAME_MAGIC, readFrameHeader, type FrameHeader } from './frame.js';

/** The file calls that a reader needs. */
export interface FileBytes {
  /** Reads up to `end - start` bytes from `position` into `into`; returns 0 at the end of the file. */
  read(into: Buffer, start: number, end: number, position: number): Promise<number>;
  size(): Promise<number>;
}

const WINDOW_BYTES = 256 << 10;
const NOTHING = Buffer.alloc(0);

/** The bytes of a file around the place that was read last: mostly files are read from frame to frame. */
export class FileWindow {
  #window = NOTHING;
  #memory = NOTHING;
  #windowAt = 0;

  constructor(private readonly file: FileBytes) {}

  /** The header of the frame at a place; undefined if none is there. */
  async header(at: number): Promise<FrameHeader | undefined> {
    const bytes = await this.bytes(at, FRAME_HEADER_BYTES);
    return bytes === undefined ? undefined : readFrameHeader(bytes, 0);
  }

  /** Bytes of the file, valid until the next call, from memory if they are there; undefined if the file does not have them all. */
  async bytes(at: number, count: number): Promise<Buffer | undefined> {
    const start = at - this.#windowAt;
    if (start >= 0 && start + count <= this.#window.length) return this.#window.subarray(start, start + count);
    if (this.#memory.length < count) this.#memory = Buffer.allocUnsafeSlow(Math.max(WINDOW_BYTES, count));
    const window = this.#memory;
    // While it is read, what it held is gone.
    this.#window = NOTHING;
    let used = 0;
    while (used < window.length) {
      const more = await this.file.read(window, used, window.length, at + used);
      if (more === 0) break;
      used += more;
    }
    this.#window = window.subarray(0, used);
    this.#windowAt = at;
    return used < count ? undefined : this.#window.subarray(0, count);
  }

  /** Where the next frame may start; `size` if none does. */
  async nextMagic(from: number, size: number): Promise<number> {
    for (let at = from; at < size;) {
      const bytes = await this.bytes(at, Math.min(WINDOW_BYTES, size - at));
      if (bytes === undefined) return size;
      const found = bytes.indexOf(FRAME_MAGIC);
      if (found !== -1) return at + found;
      at += Math.max(1, bytes.length - FRAME_MAGIC.length + 1);
    }
    return size;
  }
}

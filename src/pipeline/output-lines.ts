import { ByteWriter } from '../json/index.js';
import { SpareMemory } from '../sources/index.js';

/** Longer text becomes bytes at once: no text holds what a block may come to. Characters. */
const TEXT_MAX = 1 << 20;

/** Finished lines of one output, in their order: some come as text, some as bytes. */
export class OutputLines {
  /** Text that follows the bytes. Put together once, at the end: that is faster than piece by piece. */
  #text = '';
  #bytes: ByteWriter | undefined;

  constructor(private readonly memory = new SpareMemory()) {}

  /** Adds a line. @param text without its newline */
  add(text: string): void {
    this.#text += `${text}\n`;
    if (this.#text.length > TEXT_MAX) this.#flush((this.#bytes ??= new ByteWriter()));
  }

  /** Where to write the next line, newline included. */
  get bytes(): ByteWriter {
    this.#bytes ??= new ByteWriter();
    if (this.#text !== '') this.#flush(this.#bytes);
    return this.#bytes;
  }

  /** Gives away what there is, in memory of its own, and starts anew. */
  take(): Buffer {
    if (this.#bytes !== undefined && this.#bytes.length > 0) return this.bytes.take(() => this.memory.take());
    const lines = Buffer.from(this.#text);
    this.#text = '';
    return lines;
  }

  #flush(bytes: ByteWriter): void {
    bytes.text(this.#text);
    this.#text = '';
  }
}

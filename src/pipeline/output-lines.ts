import { ByteWriter } from '../json/index.js';
import { SpareMemory } from '../sources/index.js';

/** Longer text is converted to bytes at once, because no string can hold the output of a whole block. In characters. */
const TEXT_MAX = 1 << 20;

/** Finished lines of one output, in order: some arrive as text, some as bytes. */
export class OutputLines {
  /** Text that follows the bytes. Converted once, at the end, which is faster than piece by piece. */
  #text = '';
  #bytes: ByteWriter | undefined;

  constructor(private readonly memory = new SpareMemory()) {}

  /** Adds a line. @param text without its newline */
  add(text: string): void {
    this.#text += `${text}\n`;
    if (this.#text.length > TEXT_MAX) this.#flush((this.#bytes ??= new ByteWriter()));
  }

  /** The writer for the next line, including its newline. */
  get bytes(): ByteWriter {
    this.#bytes ??= new ByteWriter();
    if (this.#text !== '') this.#flush(this.#bytes);
    return this.#bytes;
  }

  /** Returns the lines in memory of their own, and starts anew. */
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

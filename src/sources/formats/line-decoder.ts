import { brokenLine } from './broken-record.js';
import type { Decoder, DecoderOptions } from './decoder.js';
import { JsonLines } from './json-lines.js';
import { RecordBuffer } from './record-buffer.js';

const NEWLINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** Writes one line of an input, without its line break, as a line of JSON. */
export type WriteLine = (bytes: Buffer, start: number, end: number, lines: JsonLines) => void;

/** For formats whose records are lines. */
export class LineDecoder implements Decoder {
  readonly #buffer = new RecordBuffer();
  readonly #lines = new JsonLines();
  #start = 0;
  /** The start of a line over the limit, whose rest is skipped, and its bytes so far. */
  #overlong: { readonly head: Buffer; bytes: number } | undefined;

  constructor(
    private readonly options: DecoderOptions,
    private readonly write: WriteLine,
  ) {}

  decode(chunk: Buffer): Buffer {
    const isReady = this.#buffer.add(chunk, this.#start);
    this.#start = 0;
    if (isReady) this.#decode(false);
    return this.#lines.take();
  }

  end(): Buffer {
    this.#buffer.end();
    this.#decode(true);
    return this.#lines.take();
  }

  #decode(isAll: boolean): void {
    const { bytes } = this.#buffer;
    for (
      let newline = bytes.indexOf(NEWLINE, this.#start);
      newline !== -1;
      newline = bytes.indexOf(NEWLINE, this.#start)
    ) {
      this.#line(bytes, newline);
      this.#start = newline + 1;
    }
    if (isAll) {
      if (this.#start < bytes.length || this.#overlong !== undefined) this.#line(bytes, bytes.length);
      this.#start = bytes.length;
    } else if (this.#overlong !== undefined || bytes.length - this.#start > this.options.recordBytesMax) {
      this.#readPast(bytes, bytes.length);
      this.#start = bytes.length;
    }
  }

  #line(bytes: Buffer, end: number): void {
    if (this.#overlong !== undefined || end - this.#start > this.options.recordBytesMax) {
      const { head, bytes: length } = this.#readPast(bytes, end);
      const message = `the line has ${length} bytes, the limit is ${this.options.recordBytesMax} (processing.max_line_size)`;
      this.#lines.append(brokenLine('line_too_long', message, head, length));
      this.#overlong = undefined;
      return;
    }
    const isCrLf = end > this.#start && bytes[end - 1] === CARRIAGE_RETURN;
    this.write(bytes, this.#start, isCrLf ? end - 1 : end, this.#lines);
  }

  #readPast(bytes: Buffer, end: number): { readonly head: Buffer; readonly bytes: number } {
    this.#overlong ??= {
      head: Buffer.from(bytes.subarray(this.#start, Math.min(end, this.#start + HEAD_BYTES))),
      bytes: 0,
    };
    this.#overlong.bytes += end - this.#start;
    return this.#overlong;
  }
}

/** What is kept of a line over the limit. */
const HEAD_BYTES = 4096;

import { isUtf8 } from 'node:buffer';
import type { BrokenKind } from './broken-record.js';
import type { Decoder, DecoderOptions } from './decoder.js';
import { JsonLines } from './json-lines.js';
import { RecordBuffer } from './record-buffer.js';

const NEWLINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** What becomes of the lines of an input, without their line breaks. */
export interface LineRecords {
  /** Takes a line of valid UTF-8. */
  add(bytes: Buffer, start: number, end: number): void;
  /** Takes a line that cannot be read. @param line what is kept of it */
  break(kind: BrokenKind, message: string, line: Buffer, lineBytes?: number): void;
}

/** For formats whose records are lines. */
export class LineDecoder implements Decoder {
  readonly #buffer = new RecordBuffer();
  readonly #lines = new JsonLines();
  #start = 0;
  /** The start of a line over the limit, whose rest is skipped, and its bytes so far. */
  #overlong: { readonly head: Buffer; bytes: number } | undefined;

  readonly #records: LineRecords;

  constructor(
    private readonly options: DecoderOptions,
    recordsInto: (lines: JsonLines) => LineRecords,
  ) {
    this.#records = recordsInto(this.#lines);
  }

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
    // A character that is cut at the end only means that each line is looked at by itself.
    const isText = isUtf8(bytes);
    for (
      let newline = bytes.indexOf(NEWLINE, this.#start);
      newline !== -1;
      newline = bytes.indexOf(NEWLINE, this.#start)
    ) {
      this.#line(bytes, newline, isText);
      this.#start = newline + 1;
    }
    if (isAll) {
      if (this.#start < bytes.length || this.#overlong !== undefined) this.#line(bytes, bytes.length, isText);
      this.#start = bytes.length;
    } else if (this.#overlong !== undefined || bytes.length - this.#start > this.options.recordBytesMax) {
      this.#readPast(bytes, bytes.length);
      this.#start = bytes.length;
    }
  }

  #line(bytes: Buffer, lineEnd: number, isText: boolean): void {
    const start = this.#start;
    if (this.#overlong !== undefined || lineEnd - start > this.options.recordBytesMax) {
      const { head, bytes: length } = this.#readPast(bytes, lineEnd);
      const message = `the line has ${length} bytes, the limit is ${this.options.recordBytesMax} (processing.max_line_size)`;
      this.#records.break('line_too_long', message, head, length);
      this.#overlong = undefined;
      return;
    }
    const end = lineEnd > start && bytes[lineEnd - 1] === CARRIAGE_RETURN ? lineEnd - 1 : lineEnd;
    const line = isText ? undefined : bytes.subarray(start, end);
    if (line === undefined || isUtf8(line)) this.#records.add(bytes, start, end);
    else this.#records.break('invalid_utf8', '', line);
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

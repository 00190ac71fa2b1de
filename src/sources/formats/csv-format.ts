import { isUtf8 } from 'node:buffer';
import { CsvRowEnd } from './csv-row-end.js';
import { splitCsv } from './split-csv.js';
import type { Decoder, DecoderOptions, InputFormat } from './decoder.js';
import { JsonLines } from './json-lines.js';
import { NamedRows } from './named-rows.js';
import { RecordBuffer } from './record-buffer.js';

/** Comma-separated values by RFC 4180. */
export const csv: InputFormat = {
  name: 'csv',
  extensions: ['.csv'],
  summary: 'comma-separated values: the first row names the fields, and all values are text',
  open: (options) => new CsvDecoder(options),
};

const QUOTE = 0x22;
const NEWLINE = 0x0a;
/** What is kept of a row over the limit. */
const HEAD_BYTES = 4096;

/**
 * A field that begins with a quote ends with one and may contain commas, line breaks and doubled quotes. Any other field is
 * taken literally, including quotes. A row that violates the rules is broken on its own: reading continues at its second line, so
 * that an unclosed quote costs one row.
 */
class CsvDecoder implements Decoder {
  readonly #buffer = new RecordBuffer();
  readonly #lines = new JsonLines();
  readonly #rows: NamedRows;
  /** Where the next row starts in the buffer. */
  #start = 0;
  /** The search for its end, if the bytes so far do not contain it. */
  #search: CsvRowEnd | undefined;
  /** The start of a row over the limit, whose rest is skipped, and its bytes and line breaks so far. */
  #overlong: { readonly head: Buffer; bytes: number; breaks: number } | undefined;

  constructor(private readonly options: DecoderOptions) {
    this.#rows = new NamedRows(options.source, this.#lines, splitCsv);
  }

  decode(chunk: Buffer): Buffer {
    this.#search?.moveBack(this.#start);
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
    // A character that is cut at the end only means that each row is looked at by itself.
    const isText = isUtf8(bytes);
    let quote = -1;
    while (this.#start < bytes.length) {
      const start = this.#start;
      if (this.#search === undefined) {
        const newline = bytes.indexOf(NEWLINE, start);
        const end = newline === -1 ? bytes.length : newline;
        if (quote < start) quote = indexOrEnd(bytes, QUOTE, start);
        if (quote >= end && (newline !== -1 || isAll)) {
          if (end - start > this.options.recordBytesMax) this.#readPast(bytes, end);
          else this.#row(bytes, end, isText);
          this.#endRow(end + 1);
          continue;
        }
        this.#search = new CsvRowEnd(start);
      }
      const end = this.#search.find(bytes);
      const fault = this.#search.fault(end === undefined && isAll);
      // A broken row is reported with its whole first line.
      const isCut = end === undefined || (fault !== undefined && bytes.indexOf(NEWLINE, start) === -1);
      if (isCut && !isAll) {
        if (this.#overlong !== undefined || bytes.length - start > this.options.recordBytesMax) {
          this.#readPast(bytes, bytes.length);
        }
        return;
      }
      this.#quotedRow(bytes, end ?? bytes.length, fault, isText);
    }
    if (isAll) this.#endRow(bytes.length);
    this.#start = Math.min(this.#start, bytes.length);
  }

  #quotedRow(bytes: Buffer, end: number, fault: string | undefined, isText: boolean): void {
    if (this.#overlong !== undefined || end - this.#start > this.options.recordBytesMax) {
      this.#readPast(bytes, end);
      this.#endRow(end + 1);
    } else if (fault === undefined) {
      this.#row(bytes, end, isText);
      this.#endRow(end + 1);
    } else {
      const newline = indexOrEnd(bytes, NEWLINE, this.#start);
      this.#rows.break('invalid_row', fault, bytes.subarray(this.#start, newline));
      this.#endRow(newline + 1);
    }
  }

  /** Takes a row that follows the rules, unless it is not text. */
  #row(bytes: Buffer, end: number, isText: boolean): void {
    const row = isText ? undefined : bytes.subarray(this.#start, end);
    if (row === undefined || isUtf8(row)) this.#rows.add(bytes, this.#start, end);
    else this.#rows.break('invalid_utf8', '', row);
  }

  /** Continues behind a row. */
  #endRow(at: number): void {
    this.#start = at;
    this.#search = undefined;
    if (this.#overlong === undefined) return;
    const { head, bytes, breaks } = this.#overlong;
    const message = `the row has ${bytes} bytes, the limit is ${this.options.recordBytesMax} (processing.max_line_size); check whether a quote in it is never closed`;
    this.#rows.break('line_too_long', message, head, bytes);
    this.#lines.newlines(breaks);
    this.#overlong = undefined;
  }

  #readPast(bytes: Buffer, end: number): void {
    const part = bytes.subarray(this.#start, end);
    this.#overlong ??= { head: Buffer.from(part.subarray(0, HEAD_BYTES)), bytes: 0, breaks: 0 };
    this.#overlong.bytes += part.length;
    for (let at = part.indexOf(NEWLINE); at !== -1; at = part.indexOf(NEWLINE, at + 1)) this.#overlong.breaks += 1;
    this.#start = end;
  }
}

function indexOrEnd(bytes: Buffer, byte: number, from: number): number {
  const at = bytes.indexOf(byte, from);
  return at === -1 ? bytes.length : at;
}

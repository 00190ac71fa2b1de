import { BufferedDecoder, type RecordCutter } from './buffered-decoder.js';
import { CsvRowEnd } from './csv-row-end.js';
import { splitCsv } from './split-csv.js';
import type { DecoderOptions, InputFormat } from './decoder.js';
import type { JsonLines } from './json-lines.js';
import { addText, withoutReturn } from './line-decoder.js';
import { NamedRows } from './named-rows.js';
import { OverLimit } from './over-limit.js';

/** Comma-separated values as in RFC 4180. */
export const csv: InputFormat = {
  name: 'csv',
  extensions: ['.csv'],
  summary: 'comma-separated values: the first row names the fields, and all values are text',
  open: (options) => new BufferedDecoder((lines) => new CsvCutter(options, lines)),
};

const QUOTE = 0x22;
const NEWLINE = 0x0a;

/**
 * A field that begins with a quote ends with one and may contain commas, line breaks and doubled quotes. Any other field is taken
 * literally, including quotes. A row that violates these rules is broken on its own: reading continues at its second line, so
 * that an unclosed quote costs one row.
 */
class CsvCutter implements RecordCutter {
  readonly #rows: NamedRows;
  readonly #overLimit: OverLimit;
  /** The search for the end of the incomplete row, if the bytes so far don't contain it. */
  #search: CsvRowEnd | undefined;

  constructor(
    { source, recordBytesMax }: DecoderOptions,
    private readonly lines: JsonLines,
  ) {
    this.#rows = new NamedRows(source, lines, splitCsv);
    this.#overLimit = new OverLimit('row', recordBytesMax);
  }

  cut(bytes: Buffer, isText: boolean, isAll: boolean): number {
    let start = 0;
    let quote = -1;
    while (start < bytes.length) {
      if (this.#search === undefined) {
        const newline = bytes.indexOf(NEWLINE, start);
        const end = newline === -1 ? bytes.length : newline;
        if (quote < start) quote = indexOrEnd(bytes, QUOTE, start);
        // A row without quotes ends with its line.
        if (quote >= end && (newline !== -1 || isAll)) {
          this.#take(bytes, start, end, undefined, isText);
          start = end + 1;
          continue;
        }
        this.#search = new CsvRowEnd(start);
      }
      const found = this.#search.find(bytes);
      const fault = this.#search.fault(found === undefined && isAll);
      const end = fault === undefined ? found : this.#brokenEnd(bytes, start, found);
      if (end === undefined && !isAll) {
        const left = this.#leave(bytes, start);
        this.#search.moveBack(left);
        return left;
      }
      this.#take(bytes, start, end ?? bytes.length, fault, isText);
      start = (end ?? bytes.length) + 1;
      this.#search = undefined;
    }
    if (isAll) this.#endOverlong();
    return bytes.length;
  }

  /** The end of a broken row's first line, or of its last line if the first was skipped already. */
  #brokenEnd(bytes: Buffer, start: number, brokenAt = bytes.length): number | undefined {
    const newline = bytes.indexOf(NEWLINE, this.#overLimit.isSkipping ? brokenAt : start);
    return newline === -1 ? undefined : newline;
  }

  /** Leaves an incomplete row for the next call. @returns the index of the first byte that is left */
  #leave(bytes: Buffer, start: number): number {
    if (!this.#overLimit.exceeds(bytes.length - start)) return start;
    this.#overLimit.skip(bytes.subarray(start));
    return bytes.length;
  }

  #take(bytes: Buffer, start: number, end: number, fault: string | undefined, isText: boolean): void {
    if (this.#overLimit.exceeds(end - start)) {
      this.#overLimit.skip(bytes.subarray(start, end));
      this.#endOverlong();
    } else if (fault === undefined) {
      addText(this.#rows, bytes, start, withoutReturn(bytes, start, end), isText);
    } else {
      this.#rows.break('invalid_row', fault, bytes.subarray(start, end));
    }
  }

  #endOverlong(): void {
    const overlong = this.#overLimit.end();
    if (overlong === undefined) return;
    const message = `${overlong.message}; check whether a quote in it is never closed`;
    this.#rows.break('line_too_long', message, overlong.head, overlong.bytes);
    this.lines.newlines(overlong.lineBreaks);
  }
}

function indexOrEnd(bytes: Buffer, byte: number, from: number): number {
  const at = bytes.indexOf(byte, from);
  return at === -1 ? bytes.length : at;
}

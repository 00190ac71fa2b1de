import { isUtf8 } from 'node:buffer';
import { brokenLine } from './broken-record.js';
import { BufferedDecoder, type RecordCutter } from './buffered-decoder.js';
import type { InputFormat } from './decoder.js';
import type { JsonLines } from './json-lines.js';
import { OverLimit } from './over-limit.js';

/** JSON in any layout. */
export const json: InputFormat = {
  name: 'json',
  extensions: [],
  summary: 'JSON values in any layout, one after the other; of a list at the top, each element is an event',
  open: ({ recordBytesMax }) => new BufferedDecoder((lines) => new JsonCutter(lines, recordBytesMax)),
};

const SPACE = 0x20;
const TAB = 0x09;
const NEWLINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;
/** Precedes each value in a JSON text sequence (RFC 7464). */
const RECORD_SEPARATOR = 0x1e;
const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_MAP = 0x7b;
const CLOSE_MAP = 0x7d;
const LINE_END = Buffer.from('\n');

/** The decoder's state between values. */
type Place =
  /** Between consecutive values. */
  | 'top'
  /** In a list at the top level: at its start, after an element, or after a comma. */
  | 'list'
  | 'element'
  | 'comma';

/**
 * Cuts out values and gives each a line. Looks only at brackets and strings; parsing the line decides later whether the value is
 * valid. Everything between two commas of a list is one element, so that a missing comma breaks only one event.
 */
class JsonCutter implements RecordCutter {
  readonly #overLimit: OverLimit;
  #bytes: Buffer = Buffer.alloc(0);
  #place: Place = 'top';
  /** Where the incomplete value starts; undefined between values. */
  #start: number | undefined;
  /** How far the bytes have been scanned. */
  #at = 0;
  /** Whether all bytes of the buffer are valid UTF-8. */
  #isText = true;
  /** Open brackets within the value. */
  #depth = 0;
  #text: 'none' | 'open' | 'escape' = 'none';
  /** A string of the value contains a line break, which is invalid. */
  #hasBreak = false;

  constructor(
    private readonly lines: JsonLines,
    recordBytesMax: number,
  ) {
    this.#overLimit = new OverLimit('value', recordBytesMax);
  }

  cut(bytes: Buffer, isText: boolean, isAll: boolean): number {
    this.#bytes = bytes;
    this.#isText = isText;
    for (; this.#at < bytes.length; this.#at++) {
      const byte = bytes[this.#at] ?? 0;
      if (this.#text === 'none') this.#outside(byte);
      else this.#inside(byte);
    }
    if (isAll && this.#place === 'top') this.#give(this.#at);
    else if (isAll) this.#endWithinList();
    return this.#leave();
  }

  /** Leaves an incomplete value for the next call. @returns the index of the first byte that is left */
  #leave(): number {
    const isSkipped = this.#start !== undefined && this.#overLimit.exceeds(this.#at - this.#start);
    if (isSkipped) this.#overLimit.skip(this.#bytes.subarray(this.#start, this.#at));
    const left = isSkipped ? this.#at : (this.#start ?? this.#at);
    this.#at -= left;
    if (this.#start !== undefined) this.#start = 0;
    return left;
  }

  #inside(byte: number): void {
    if (this.#text === 'escape') this.#text = 'open';
    else if (byte === BACKSLASH) this.#text = 'escape';
    else if (byte === QUOTE) this.#endText();
    else if (byte === NEWLINE) this.#hasBreak = true;
  }

  #endText(): void {
    this.#text = 'none';
    if (this.#depth === 0 && this.#place === 'top') this.#give(this.#at + 1);
  }

  #outside(byte: number): void {
    if (byte === SPACE || byte === NEWLINE || byte === CARRIAGE_RETURN || byte === TAB || byte === RECORD_SEPARATOR) {
      if (this.#depth === 0 && this.#place === 'top') this.#give(this.#at);
    } else if (byte === QUOTE) {
      this.#begin();
      this.#text = 'open';
    } else if (byte === OPEN_LIST || byte === OPEN_MAP) {
      this.#open(byte);
    } else if (byte === CLOSE_LIST || byte === CLOSE_MAP) {
      this.#close(byte);
    } else if (byte === COMMA && this.#depth === 0 && this.#place !== 'top') {
      if (this.#start === undefined) this.#refuse('an element is missing before a comma');
      this.#give(this.#at);
      this.#place = 'comma';
    } else {
      this.#start ??= this.#at;
    }
  }

  /** A bracket or a quote ends a preceding number or word. */
  #begin(): void {
    if (this.#depth === 0 && this.#place === 'top') this.#give(this.#at);
    this.#start ??= this.#at;
  }

  #open(byte: number): void {
    this.#begin();
    if (byte === OPEN_LIST && this.#place === 'top' && this.#depth === 0) {
      this.#start = undefined;
      this.#place = 'list';
    } else {
      this.#depth += 1;
    }
  }

  #close(byte: number): void {
    if (this.#depth > 0) {
      this.#depth -= 1;
      if (this.#depth === 0 && this.#place === 'top') this.#give(this.#at + 1);
    } else if (byte === CLOSE_LIST && this.#place !== 'top') {
      if (this.#start === undefined && this.#place === 'comma')
        this.#refuse('an element is missing after the last comma');
      this.#give(this.#at);
      this.#place = 'top';
    } else {
      this.#start ??= this.#at;
    }
  }

  /** Returns the value that ends here, if any. */
  #give(end: number): void {
    const start = this.#start;
    if (start === undefined) return;
    const bytes = this.#bytes;
    if (this.#overLimit.exceeds(end - start)) {
      this.#overLimit.skip(bytes.subarray(start, end));
      const overlong = this.#overLimit.end();
      if (overlong !== undefined)
        this.lines.append(brokenLine('line_too_long', overlong.message, overlong.head, overlong.bytes));
    } else if (!this.#isText && !isUtf8(bytes.subarray(start, end))) {
      this.lines.append(brokenLine('invalid_utf8', '', bytes.subarray(start, end)));
    } else if (bytes[start] === 0) {
      this.lines.append(brokenLine('invalid_json', 'a value cannot begin with a NUL byte', bytes.subarray(start, end)));
    } else if (this.#hasBreak) {
      this.lines.append(brokenLine('invalid_json', 'a string contains a line break', bytes.subarray(start, end)));
    } else {
      this.lines.appendFolded(bytes, start, end);
      this.lines.append(LINE_END);
    }
    this.#start = undefined;
    this.#hasBreak = false;
    this.#depth = 0;
    if (this.#place !== 'top') this.#place = 'element';
  }

  /** What remains may be half of an element, so it is not taken for one. */
  #endWithinList(): void {
    const start = this.#start ?? this.#at;
    if (this.#overLimit.exceeds(this.#at - start)) this.#give(this.#at);
    else this.#refuse('the input ends within its top-level list', this.#bytes.subarray(start, this.#at));
  }

  #refuse(message: string, bytes: Buffer = Buffer.alloc(0)): void {
    this.lines.append(brokenLine('invalid_json', message, bytes));
  }
}

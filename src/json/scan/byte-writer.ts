import { ENDS_RUN, QUOTE } from './bytes.js';
import { DECIMAL_BYTES_MAX, writeDecimal } from './decimal-text.js';
import type { Text } from './skip.js';

const START_BYTES = 64 * 1024;
/** Output that fills a smaller share of the buffer than this is copied out of it. */
const SMALL_PART = 1 / 8;
/** Up to this many bytes a loop is faster than a call into the runtime. */
const SHORT_COPY = 192;
const SHORT_TEXT = 48;
/** Short copies write whole words, and thus up to seven bytes too many, which the next write overwrites. */
const WORD_REST = 7;

/** Bytes that are copied often, with padding so that whole words can be copied. */
export interface TextLiteral {
  readonly text: Text;
  readonly length: number;
}

/** @param source at most a few hundred bytes: longer text may copy slowly */
export function textLiteral(source: string): TextLiteral {
  const length = Buffer.byteLength(source);
  const bytes = Buffer.alloc(length + WORD_REST);
  bytes.write(source);
  return { text: { bytes, words: viewOf(bytes), length: bytes.length }, length };
}

/** A growing buffer that assembles lines as bytes, without intermediate strings. */
export class ByteWriter {
  /** Bytes written so far. */
  length = 0;
  #bytes: Buffer = Buffer.allocUnsafeSlow(START_BYTES);
  #words = viewOf(this.#bytes);

  byte(byte: number): void {
    this.#reserve(1);
    this.#bytes[this.length] = byte;
    this.length += 1;
  }

  literal({ text, length }: TextLiteral): void {
    this.copy(text, 0, length);
  }

  /** Copies the bytes from `start` to `end` of a UTF-8 text. */
  copy(from: Text, start: number, end: number): void {
    const count = end - start;
    this.#reserve(count);
    const { length } = this;
    if (count > SHORT_COPY || end + WORD_REST > from.length) {
      from.bytes.copy(this.#bytes, length, start, end);
    } else {
      const { words } = from;
      const into = this.#words;
      // Copies as doubles, the widest words available. Only the bits of a NaN could change on the way, and UTF-8 never looks like
      // one: no byte of 0xf0 or more is followed by 0x7f or 0xff.
      for (let at = 0; at < count; at += 8) into.setFloat64(length + at, words.getFloat64(start + at, true), true);
    }
    this.length = length + count;
  }

  /** Writes text as UTF-8. */
  text(text: string): void {
    const { length: count } = text;
    this.#reserve(count * 3);
    if (count > SHORT_TEXT || !this.#ascii(text)) this.length += this.#bytes.write(text, this.length, 'utf8');
  }

  /** Writes a finite number as JSON. */
  number(value: number): void {
    this.#reserve(DECIMAL_BYTES_MAX);
    const end = writeDecimal(this.#bytes, this.length, value);
    if (end === -1) this.text(String(value));
    else this.length = end;
  }

  /** Writes a string as JSON. */
  quoted(text: string): void {
    const { length: count } = text;
    const { length } = this;
    if (count <= SHORT_TEXT) {
      this.#reserve(count + 2);
      const bytes = this.#bytes;
      bytes[length] = QUOTE;
      let at = 0;
      for (; at < count; at++) {
        const code = text.charCodeAt(at);
        if (code > 0x7f || ENDS_RUN[code] === 1) break;
        bytes[length + 1 + at] = code;
      }
      if (at === count) {
        bytes[length + 1 + count] = QUOTE;
        this.length = length + count + 2;
        return;
      }
    }
    this.text(JSON.stringify(text));
  }

  /** Writes ASCII text; returns false if the text has other characters. */
  #ascii(text: string): boolean {
    const { length: count } = text;
    const { length } = this;
    const bytes = this.#bytes;
    for (let at = 0; at < count; at++) {
      const code = text.charCodeAt(at);
      if (code > 0x7f) return false;
      bytes[length + at] = code;
    }
    this.length = length + count;
    return true;
  }

  /**
   * Returns the written bytes, in memory of their own, and starts over.
   *
   * @param fresh allocates the next buffer if the written bytes keep the current one
   */
  take(fresh: () => Buffer = () => Buffer.allocUnsafeSlow(START_BYTES)): Buffer {
    const written = this.#bytes.subarray(0, this.length);
    this.length = 0;
    if (written.length < this.#bytes.length * SMALL_PART) return Buffer.from(written);
    this.#bytes = fresh();
    this.#words = viewOf(this.#bytes);
    return written;
  }

  /** Discards everything beyond the first `length` bytes. */
  truncateTo(length: number): void {
    this.length = length;
  }

  #reserve(count: number): void {
    const wanted = this.length + count + WORD_REST;
    if (wanted > this.#bytes.length) this.#grow(wanted);
  }

  #grow(wanted: number): void {
    const grown = Buffer.allocUnsafeSlow(Math.max(this.#bytes.length * 2, wanted));
    this.#bytes.copy(grown, 0, 0, this.length);
    this.#bytes = grown;
    this.#words = viewOf(grown);
  }
}

function viewOf(bytes: Buffer): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}

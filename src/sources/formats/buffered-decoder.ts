import { isUtf8 } from 'node:buffer';
import type { Decoder } from './decoder.js';
import { JsonLines } from './json-lines.js';
import { RecordBuffer } from './record-buffer.js';

/** Cuts records out of the bytes of an input, and writes each as a line of JSON. */
export interface RecordCutter {
  /**
   * Takes the complete records.
   *
   * @param bytes the bytes that an earlier call left, and the ones after them
   * @param isText whether all of them are valid UTF-8. False also if a character is cut at the end: each record is then checked
   *   by itself
   * @param isAll whether the input ends here
   * @returns the index of the first byte that is left for the next call
   */
  cut(bytes: Buffer, isText: boolean, isAll: boolean): number;
}

/** Keeps the bytes of a record until it is complete. */
export class BufferedDecoder implements Decoder {
  readonly #buffer = new RecordBuffer();
  readonly #lines = new JsonLines();
  readonly #cutter: RecordCutter;
  #left = 0;

  /** @param cutterInto makes the cutter that writes into the lines */
  constructor(cutterInto: (lines: JsonLines) => RecordCutter) {
    this.#cutter = cutterInto(this.#lines);
  }

  decode(chunk: Buffer): Buffer {
    const isReady = this.#buffer.add(chunk, this.#left);
    this.#left = 0;
    if (isReady) this.#cut(false);
    return this.#lines.take();
  }

  end(): Buffer {
    this.#buffer.end();
    this.#cut(true);
    return this.#lines.take();
  }

  #cut(isAll: boolean): void {
    const bytes = this.#buffer.bytes.subarray(this.#left);
    this.#left += this.#cutter.cut(bytes, isUtf8(bytes), isAll);
  }
}

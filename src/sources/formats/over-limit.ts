import { OVERLONG_HEAD_BYTES } from '../block.js';

const NEWLINE = 0x0a;

/** What is reported of a record over the limit. */
export interface OverlongRecord {
  readonly message: string;
  /** Its first bytes. */
  readonly head: Buffer;
  readonly bytes: number;
  readonly lineBreaks: number;
}

/** Skips records over the limit, and keeps only the start of each. */
export class OverLimit {
  #head: Buffer | undefined;
  #bytes = 0;
  #lineBreaks = 0;

  /** @param noun what messages call a record */
  constructor(
    private readonly noun: 'row' | 'line' | 'value',
    private readonly recordBytesMax: number,
  ) {}

  get isSkipping(): boolean {
    return this.#head !== undefined;
  }

  /** Whether a record is already being skipped, or must be skipped at this length. */
  exceeds(bytes: number): boolean {
    return this.isSkipping || bytes > this.recordBytesMax;
  }

  /** Skips the next part of the record. */
  skip(part: Buffer): void {
    this.#head ??= Buffer.from(part.subarray(0, OVERLONG_HEAD_BYTES));
    this.#bytes += part.length;
    for (let at = part.indexOf(NEWLINE); at !== -1; at = part.indexOf(NEWLINE, at + 1)) this.#lineBreaks += 1;
  }

  /** Ends the record. @returns undefined if no record was being skipped */
  end(): OverlongRecord | undefined {
    const [head, bytes, lineBreaks] = [this.#head, this.#bytes, this.#lineBreaks];
    if (head === undefined) return undefined;
    this.#head = undefined;
    this.#bytes = 0;
    this.#lineBreaks = 0;
    const message = `the ${this.noun} has ${bytes} bytes, the limit is ${this.recordBytesMax} (processing.max_line_size)`;
    return { message, head, bytes, lineBreaks };
  }
}

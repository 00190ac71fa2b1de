import { brokenLine, type BrokenKind } from './broken-record.js';
import { BufferedDecoder } from './buffered-decoder.js';
import type { InputFormat } from './decoder.js';
import type { JsonLines } from './json-lines.js';
import { lineCutter, type Records } from './line-decoder.js';
import { addTextLine, text } from './text-format.js';

/**
 * Plain text whose records may span several lines.
 *
 * @param isStart whether a line, without its newline, begins a record; any other line belongs to the record before it
 */
export function joinedText(isStart: (line: string) => boolean): InputFormat {
  return {
    ...text,
    open: ({ recordBytesMax }) =>
      new BufferedDecoder((lines) => {
        const records = new JoinedLines(lines, isStart, recordBytesMax);
        const lineByLine = lineCutter(records, recordBytesMax);
        return {
          cut(bytes, isText, isAll) {
            const left = lineByLine.cut(bytes, isText, isAll);
            if (isAll) records.end();
            return left;
          },
        };
      }),
  };
}

const NEWLINE = 0x0a;
const GROWTH = 2;

/** Joins lines into records. A record is complete when the next one begins, or at the end of the input. */
class JoinedLines implements Records {
  /** The current record, with plain newlines. */
  #record: Buffer = Buffer.allocUnsafeSlow(1 << 12);
  #length = 0;
  #lineCount = 0;
  #isText = true;
  /** The record was over the limit and has been reported. */
  #isSkipped = false;

  constructor(
    private readonly lines: JsonLines,
    private readonly isStart: (line: string) => boolean,
    private readonly recordBytesMax: number,
  ) {}

  add(bytes: Buffer, start: number, end: number): void {
    this.#beginIfStart(bytes.toString('utf8', start, end));
    this.#append(bytes.subarray(start, end));
  }

  /** An unreadable line breaks its record. */
  break(kind: BrokenKind, _message: string, line: Buffer, lineBytes = line.length): void {
    this.#beginIfStart(line.toString('utf8'));
    if (kind === 'invalid_utf8') this.#isText = false;
    this.#append(line, lineBytes);
  }

  /** Ends the current record. */
  end(): void {
    if (this.#lineCount > 0 && !this.#isSkipped) {
      const record = this.#record.subarray(0, this.#length);
      if (this.#isText) addTextLine(this.lines, record, 0, record.length);
      else this.lines.append(brokenLine('invalid_utf8', '', record));
      // Keeps the numbers of the lines that follow.
      this.lines.newlines(this.#lineCount - 1);
    }
    this.#length = 0;
    this.#lineCount = 0;
    this.#isText = true;
    this.#isSkipped = false;
  }

  #beginIfStart(line: string): void {
    if (this.#lineCount > 0 && this.isStart(line)) this.end();
  }

  /** @param bytes the length of the line, if only its start is given */
  #append(line: Buffer, bytes = line.length): void {
    if (this.#isSkipped) {
      this.lines.newlines(1);
      return;
    }
    const isFirst = this.#lineCount === 0;
    const length = this.#length + Number(!isFirst) + line.length;
    this.#lineCount += 1;
    if (length > this.#record.length) this.#grow(length);
    if (!isFirst) this.#record[this.#length++] = NEWLINE;
    this.#record.set(line, this.#length);
    this.#length = length;
    if (length - line.length + bytes > this.recordBytesMax) this.#skip(length - line.length + bytes);
  }

  /** Reports a record over the limit at once: tracking how long it gets could take more memory than there is. */
  #skip(bytes: number): void {
    const message = `the record has more than ${this.recordBytesMax} bytes (processing.max_line_size): check whether --start matches the lines that begin one`;
    this.lines.append(brokenLine('line_too_long', message, this.#record.subarray(0, this.#length), bytes));
    this.lines.newlines(this.#lineCount - 1);
    this.#length = 0;
    this.#isSkipped = true;
  }

  #grow(length: number): void {
    const grown = Buffer.allocUnsafeSlow(Math.max(length, this.#record.length * GROWTH));
    this.#record.copy(grown, 0, 0, this.#length);
    this.#record = grown;
  }
}

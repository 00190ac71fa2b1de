import { SourceError } from '../read-error.js';
import { brokenLine, type BrokenKind } from './broken-record.js';
import { JsonLines } from './json-lines.js';
import type { Records } from './line-decoder.js';
import { isUtf16, UTF16 } from './recognize.js';

/**
 * Writes every field of a row as the content of a JSON string.
 *
 * @param before called before each field, with its index
 * @returns the number of fields
 */
export type SplitRow = (
  bytes: Buffer,
  start: number,
  end: number,
  into: JsonLines,
  before: (index: number) => unknown,
) => number;

const NEWLINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const OPEN = Buffer.from('{');
const END = Buffer.from('"}\n');
const NOTHING = Buffer.alloc(0);

/**
 * Writes rows as lines of JSON, with field names from the first row. Rows keep their line numbers: whatever is not an event
 * becomes an empty line.
 */
export class NamedRows implements Records {
  /** The text before each value: `{"id":"`, then `","name":"`. Undefined before the first row. */
  #keys: readonly Buffer[] | undefined;

  /** @param source the input's name */
  constructor(
    private readonly source: string,
    private readonly lines: JsonLines,
    private readonly split: SplitRow,
  ) {}

  /**
   * Takes a well-formed row.
   *
   * @throws SourceError when it is the first row and can't name the fields
   */
  add(bytes: Buffer, start: number, end: number): void {
    if (end === start) {
      this.lines.newlines(1);
      return;
    }
    if (this.#keys === undefined) this.#keys = this.#names(bytes, start, end);
    else this.#values(this.#keys, bytes, start, end);
    this.lines.newlines(countBreaks(bytes, start, end));
  }

  /**
   * Takes an unreadable row.
   *
   * @param row the part of it that is kept
   * @throws SourceError when it is the first row, because the names of the fields are then unknown
   */
  break(kind: BrokenKind, message: string, row: Buffer, rowBytes = row.length): void {
    if (this.#keys === undefined) {
      const reason = kind !== 'invalid_utf8' ? message : isUtf16(row) ? UTF16 : 'it is not valid UTF-8';
      throw this.#refused(`its first row, which names the fields, cannot be read: ${reason}`);
    }
    this.lines.append(brokenLine(kind, message, row, rowBytes));
  }

  #values(keys: readonly Buffer[], bytes: Buffer, start: number, end: number): void {
    const { lines } = this;
    const before = lines.length;
    const count = this.split(bytes, start, end, lines, (index) => lines.append(keys[index] ?? NOTHING));
    if (count === keys.length) {
      lines.append(END);
      return;
    }
    lines.truncate(before);
    const message = `the row has ${count} ${count === 1 ? 'field' : 'fields'}, but the first row names ${keys.length}`;
    lines.append(brokenLine('invalid_row', message, bytes.subarray(start, end)));
  }

  #names(bytes: Buffer, start: number, end: number): readonly Buffer[] {
    if (endsLinesInReturns(bytes.subarray(start, end))) {
      throw this.#refused(String.raw`its lines end in CR alone: convert them with tr '\r' '\n'`);
    }
    const text = new JsonLines();
    const starts: number[] = [];
    const count = this.split(bytes, start, end, text, () => starts.push(text.length));
    const all = text.take();
    const names = starts.map((from, index) => all.toString('utf8', from, starts[index + 1] ?? all.length));
    const seen = new Set<string>();
    for (const name of names) {
      if (seen.has(name)) throw this.#refused(`two of its ${count} columns are named "${name}": rename one`);
      seen.add(name);
    }
    this.lines.newlines(1);
    return names.map((name, index) => Buffer.from(`${index === 0 ? '' : '",'}"${name}":"`)).map(withBrace);
  }

  #refused(reason: string): SourceError {
    return new SourceError(this.source, 'read', new Error(reason));
  }
}

/** Whether all line ends are lone carriage returns; one within quotes is part of a name. */
function endsLinesInReturns(row: Buffer): boolean {
  if (!row.includes(CARRIAGE_RETURN) || row.includes(NEWLINE)) return false;
  return row
    .toString('latin1')
    .replaceAll(/"[^"]*"/g, '')
    .includes('\r');
}

function withBrace(key: Buffer, index: number): Buffer {
  return index === 0 ? Buffer.concat([OPEN, key]) : key;
}

function countBreaks(bytes: Buffer, start: number, end: number): number {
  let count = 0;
  for (let at = bytes.indexOf(NEWLINE, start); at !== -1 && at < end; at = bytes.indexOf(NEWLINE, at + 1)) count++;
  return count;
}

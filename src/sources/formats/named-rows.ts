import { SourceError } from '../read-error.js';
import { brokenLine } from './broken-record.js';
import { JsonLines } from './json-lines.js';

/**
 * Writes every field of a row as the content of a JSON string.
 *
 * @param before called before each, with its index
 * @returns how many there are
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

/** Writes rows as lines of JSON, by the names in the first row. Lines keep their numbers: anything but an event is an empty line. */
export class NamedRows {
  /** The text before each value: `{"id":"`, then `","name":"`. Undefined before the first row. */
  #keys: readonly Buffer[] | undefined;

  /** @param source the input's name */
  constructor(
    private readonly source: string,
    private readonly lines: JsonLines,
    private readonly split: SplitRow,
  ) {}

  /**
   * Takes a row that follows the rules.
   *
   * @param rowEnd the position of its newline
   * @throws SourceError when it is the first and has two equal names
   */
  add(bytes: Buffer, start: number, rowEnd: number): void {
    const end = rowEnd > start && bytes[rowEnd - 1] === CARRIAGE_RETURN ? rowEnd - 1 : rowEnd;
    if (end === start) {
      this.lines.newlines(1);
      return;
    }
    if (this.#keys === undefined) this.#keys = this.#names(bytes, start, end);
    else this.#values(this.#keys, bytes, start, end);
    this.lines.newlines(countBreaks(bytes, start, end));
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
    const message = `the row has ${count} fields, but the first row names ${keys.length}`;
    lines.append(brokenLine('invalid_row', message, bytes.subarray(start, end)));
  }

  #names(bytes: Buffer, start: number, end: number): readonly Buffer[] {
    const text = new JsonLines();
    const names: string[] = [];
    const take = (): void => void names.push(text.take().toString('utf8'));
    const count = this.split(bytes, start, end, text, (index) => index > 0 && take());
    take();
    const twice = names.find((name, index) => names.indexOf(name) !== index);
    if (twice !== undefined) {
      const error = new Error(`two of its ${count} columns are named "${twice}": rename one`);
      throw new SourceError(this.source, 'read', error);
    }
    this.lines.newlines(1);
    return names.map((name, index) => Buffer.from(`${index === 0 ? '' : '",'}"${name}":"`)).map(withBrace);
  }
}

function withBrace(key: Buffer, index: number): Buffer {
  return index === 0 ? Buffer.concat([OPEN, key]) : key;
}

function countBreaks(bytes: Buffer, start: number, end: number): number {
  let count = 0;
  for (let at = bytes.indexOf(NEWLINE, start); at !== -1 && at < end; at = bytes.indexOf(NEWLINE, at + 1)) count++;
  return count;
}

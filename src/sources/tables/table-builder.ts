import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { NumberText, type Json, type JsonObject } from 'computo-js';
import { didYouMean } from '../../config/diagnostic/index.js';
import { TableError, type TablePlan } from '../../config/kinds/index.js';
import { JsonSyntaxError, parseJson } from '../../json/index.js';
import { isBroken, readBroken } from '../formats/broken-record.js';
import { hashOf, isKey, keyText } from './row-key.js';
import { Slots } from './slots.js';
import { Table } from './table.js';

const NEWLINE = 0x0a;
const LINES_MIN = 2 ** 16;
/** The most columns that a message names. */
const COLUMNS_SHOWN_MAX = 12;

/** Formats in which all values are texts, named by the first row. */
const TEXT_FORMATS = ['csv', 'tsv'];

/** Makes a table from the lines of its file. */
export class TableBuilder {
  readonly #plan: TablePlan;
  readonly #textKeys: boolean;
  readonly #slots = new Slots();
  /** All lines so far, including empty ones, so that a line's number follows from its offset. */
  #lines = Buffer.allocUnsafeSlow(LINES_MIN);
  #length = 0;
  #line = 0;

  constructor(plan: TablePlan) {
    this.#plan = plan;
    this.#textKeys = TEXT_FORMATS.includes(plan.format);
  }

  /** Takes whole lines of JSON. @throws TableError */
  add(bytes: Buffer): void {
    this.#reserve(bytes.length + 1);
    for (let start = 0; start < bytes.length;) {
      const newline = bytes.indexOf(NEWLINE, start);
      const end = newline === -1 ? bytes.length : newline;
      this.#line += 1;
      this.#addLine(bytes.subarray(start, end));
      start = end + 1;
    }
  }

  /** Refuses a line that is too long to be a row. @throws TableError always */
  refuseOverlong(bytes: number): never {
    this.#line += 1;
    throw this.#broken(`the row has ${bytes} bytes, too many for a row of a table`);
  }

  end(): Table {
    const { key } = this.#plan;
    const lines = shared(this.#lines.subarray(0, this.#length));
    const slots = new Uint32Array(shared(this.#slots.memory).buffer);
    const sha256 = createHash('sha256').update(lines).digest('hex');
    return new Table(this.#plan, sha256, { key, textKeys: this.#textKeys, lines, slots });
  }

  #addLine(line: Buffer): void {
    const offset = this.#length;
    line.copy(this.#lines, offset);
    this.#length += line.length;
    this.#lines[this.#length] = NEWLINE;
    this.#length += 1;
    if (!isUtf8(line)) throw this.#broken('the row is not valid UTF-8');
    const text = line.toString('utf8');
    if (text.trim() !== '') this.#addRow(this.#read(text), offset);
  }

  #read(text: string): JsonObject {
    if (isBroken(text)) throw this.#broken(readBroken(text).message || 'the row is not valid UTF-8');
    try {
      const row = parseJson(text);
      if (isObject(row)) return row;
    } catch (error) {
      if (!(error instanceof JsonSyntaxError)) throw error;
      throw this.#broken(`the row is not valid JSON: ${error.message}`);
    }
    throw this.#broken('a row must be an object');
  }

  #addRow(row: JsonObject, offset: number): void {
    const { key } = this.#plan;
    const value = Object.hasOwn(row, key) ? row[key] : undefined;
    if (value === undefined) throw this.#withoutKey(row);
    if (!isKey(value)) throw this.#broken(`${JSON.stringify(key)}, the key, is ${kindOf(value)}`);
    // In a row of texts, an empty text is the only way to leave out the key.
    if (this.#textKeys && value === '') throw this.#broken(`${JSON.stringify(key)}, the key, is empty`);
    const text = keyText(value, this.#textKeys);
    const hash = hashOf(text);
    const other = this.#slots.find(hash, (at) => keyText(this.#keyAt(at), this.#textKeys) === text);
    if (other !== undefined) {
      const same = JSON.stringify(typeof value === 'string' ? value : text);
      const message = `the key ${same} is that of ${this.#noun} ${this.#lineOf(other)}, too`;
      throw this.#broken(message, `leave one of the rows, or choose another key than ${key}`);
    }
    this.#slots.add(hash, offset);
  }

  #keyAt(offset: number): Json {
    const text = this.#lines.toString('utf8', offset, this.#lines.indexOf(NEWLINE, offset));
    return (parseJson(text) as JsonObject)[this.#plan.key] ?? null;
  }

  #lineOf(offset: number): number {
    let line = 1;
    for (let at = this.#lines.indexOf(NEWLINE); at !== -1 && at < offset; at = this.#lines.indexOf(NEWLINE, at + 1))
      line += 1;
    return line;
  }

  /** In a table of texts, every row has the same columns. */
  #withoutKey(row: JsonObject): TableError {
    const { key, file } = this.#plan;
    if (!this.#textKeys) return this.#broken(`the row has no ${JSON.stringify(key)}, which is the key`);
    const columns = Object.keys(row);
    const shown = columns.slice(0, COLUMNS_SHOWN_MAX).map((column) => JSON.stringify(column));
    const all = `its columns are ${shown.join(', ')}${columns.length > shown.length ? ', …' : ''}`;
    const message = `${basename(file)} has no column ${JSON.stringify(key)}`;
    return new TableError('key', message, didYouMean(key, columns) ?? all);
  }

  #broken(problem: string, hint?: string): TableError {
    return new TableError('broken', `${basename(this.#plan.file)}, ${this.#noun} ${this.#line}: ${problem}`, hint);
  }

  /** The unit that messages count: JSON in any layout has no lines of its own. */
  get #noun(): string {
    return this.#plan.format === 'json' ? 'row' : 'line';
  }

  /** Makes room for more bytes. @throws TableError when the rows exceed the limit */
  #reserve(bytes: number): void {
    const needed = this.#length + bytes;
    const { file, bytesMax } = this.#plan;
    // The newline of the last line may have been added here.
    if (needed > bytesMax + 1) {
      const message = `the rows of ${basename(file)} take more than ${bytesMax} bytes as lines of JSON (max_bytes)`;
      throw new TableError(
        'broken',
        message,
        'raise max_bytes, or leave out the columns and rows that no script asks for',
      );
    }
    if (needed <= this.#lines.length) return;
    const grown = Buffer.allocUnsafeSlow(2 * needed);
    this.#lines.copy(grown, 0, 0, this.#length);
    this.#lines = grown;
  }
}

/** Copies into memory that threads share. */
function shared(bytes: Uint8Array | Uint32Array): Uint8Array<SharedArrayBuffer> {
  const copy = new Uint8Array(new SharedArrayBuffer(bytes.byteLength));
  copy.set(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  return copy;
}

function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof NumberText);
}

function kindOf(value: Json): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'a list' : 'an object';
}

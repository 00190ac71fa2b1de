import { readValue, textOf, type LineRows, type Scanner, type Text } from '../../json/index.js';
import type { LazyLines } from '../lazy/lazy-lines.js';
import type { Batch } from '../batch.js';
import type { Json } from 'computo-js';
import type { Arrival, FieldRows } from './across-stage.js';
import type { TakerAtOnce } from './steps.js';

export interface RowTaker {
  /** Returns the arrival of the line that the batch is at. */
  readonly arrivalOf: (batch: Batch) => Arrival;
  readonly takeRows: TakerAtOnce['rows'];
}

/**
 * Scans many lines at once, for a stage whose scripts only read fields of new events. The lines that it does not take take the full
 * path.
 *
 * @param fields the slot that each script reads
 * @param bytesMax longer lines take the full path
 */
export function lazyRows(
  scanner: Scanner,
  fields: readonly number[],
  bytesMax: number,
  { arrivalOf, takeRows }: RowTaker,
): LazyLines {
  const rows = new FieldsOfRows(scanner.starts.length, fields);
  return (bytes, batch, _, openLine) => {
    const text = textOf(bytes);
    let full = 0;
    let at = 0;
    /** The batch's line in the first row. */
    let first = 0;
    const arrivalOfRow = (row: number): Arrival => {
      batch.line = first + row;
      return arrivalOf(batch);
    };
    const open = (end: number): void => {
      openLine(bytes.subarray(at, end));
      full += 1;
      batch.line += 1;
      at = end + 1;
    };
    const isOver = (): boolean => batch.isOver;
    while (at < bytes.length && !isOver()) {
      const lines = scanner.scanLines(text, at);
      if (lines === 0) open(bytes.indexOf(NEWLINE, at));
      const { lineEnds } = scanner.rows;
      rows.take(scanner.rows, text);
      first = batch.line;
      for (let row = 0; row < lines && !isOver();) {
        const next = takeRows(rows, row, tooLong(lineEnds, at, row, lines, bytesMax), arrivalOfRow);
        if (next > row) {
          batch.counts.input += next - row;
          batch.line = first + next;
          at = (lineEnds[next - 1] ?? 0) + 1;
        }
        if (next < lines) open(lineEnds[next] ?? 0);
        row = next + 1;
      }
    }
    return full;
  };
}

const NEWLINE = 0x0a;

/** The first row whose line is too long; `to` if none is. @param start where the line of the first row starts */
function tooLong(lineEnds: Int32Array, start: number, from: number, to: number, bytesMax: number): number {
  if ((lineEnds[to - 1] ?? 0) - start <= bytesMax) return to;
  let row = from;
  for (let at = start; row < to && (lineEnds[row] ?? 0) - at <= bytesMax; row++) at = (lineEnds[row] ?? 0) + 1;
  return row;
}

class FieldsOfRows implements FieldRows {
  #rows: LineRows | undefined;
  #text: Text | undefined;

  constructor(
    private readonly slots: number,
    private readonly fields: readonly number[],
  ) {}

  take(rows: LineRows, text: Text): void {
    this.#rows = rows;
    this.#text = text;
  }

  value(row: number, script: number): Json | undefined {
    const rows = this.#rows;
    const text = this.#text;
    return rows && text && readValue(rows, this.#slotOf(row, script), text);
  }

  number(row: number, script: number): number {
    const rows = this.#rows;
    const slot = this.#slotOf(row, script);
    return rows === undefined || (rows.starts[slot] ?? -1) < 0 ? Number.NaN : (rows.numbers[slot] ?? Number.NaN);
  }

  #slotOf(row: number, script: number): number {
    return row * this.slots + (this.fields[script] ?? 0);
  }
}

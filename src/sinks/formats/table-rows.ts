import { NumberText, type Json } from 'computo-js';
import { stringifyJson } from '../../json/index.js';
import type { TableFormat } from './format.js';

/** An event's data does not fit the columns of a table. */
export class ColumnsError extends Error {
  override readonly name = 'ColumnsError';
}

/** The most columns that a message names; the others are counted. */
const COLUMNS_TOLD_MAX = 8;

/**
 * Returns a function that writes data as a row of a table, without its newline. A text is its own cell; null and a missing key
 * are empty cells; everything else is written as JSON. The function throws ColumnsError for data that is not an object or has a
 * key that is not a column, and ComputoError when a value is nested too deep to print.
 *
 * @param columns distinct names, at least one
 */
export function rowWriter(format: TableFormat, columns: readonly string[]): (data: Json) => string {
  const places = new Map(columns.map((column, index) => [column, index]));
  const cells = columns.map(() => '');
  return (data) => {
    if (!isObject(data)) throw new ColumnsError(`a row of ${format.name} needs an object, got ${kindOf(data)}`);
    const keys = Object.keys(data);
    cells.fill('');
    for (let index = 0; index < keys.length; index++) {
      const key = keys[index] ?? '';
      // Keys are mostly in the order of the columns.
      const place = columns[index] === key ? index : places.get(key);
      if (place === undefined) throw new ColumnsError(strayKey(key, columns));
      cells[place] = cellOf(data[key] ?? null);
    }
    const row = format.row(cells);
    if (row !== undefined) return row;
    throw new ColumnsError(`a row of one empty cell is an empty line of ${format.name}, which readers skip: write csv`);
  };
}

/** The columns for data: its keys; undefined if it is not an object, or has none. */
export function columnsOf(data: Json): readonly string[] | undefined {
  const keys = isObject(data) ? Object.keys(data) : [];
  return keys.length === 0 ? undefined : keys;
}

function cellOf(value: Json): string {
  return typeof value === 'string' ? value : value === null ? '' : stringifyJson(value);
}

function isObject(data: Json): data is Extract<Json, { readonly [key: string]: Json }> {
  return typeof data === 'object' && data !== null && !Array.isArray(data) && !(data instanceof NumberText);
}

function kindOf(data: Json): string {
  if (data === null) return 'null';
  if (Array.isArray(data)) return 'an array';
  return typeof data === 'string' ? 'a text' : typeof data === 'boolean' ? 'a boolean' : 'a number';
}

function strayKey(key: string, columns: readonly string[]): string {
  const told = columns.slice(0, COLUMNS_TOLD_MAX).join(', ');
  const more = columns.length > COLUMNS_TOLD_MAX ? ` and ${columns.length - COLUMNS_TOLD_MAX} more` : '';
  return `the key ${JSON.stringify(key)} is not a column: the columns are ${told}${more}`;
}

import type { TableFormat } from './format.js';

/** Comma-separated values as in RFC 4180, but with plain newlines. */
export const csv: TableFormat = {
  kind: 'table',
  name: 'csv',
  summary: 'comma-separated values below a header, in quotes where they need them',
  breaksRows: true,
  row: csvRow,
};

/** Matches cells that need quotes. A byte order mark at the start of a file would not count as part of the cell. */
const NEEDS_QUOTES = /[",\n\r]|^\ufeff/;

/** Returns one row, without its newline. A single empty cell is quoted, because readers skip empty lines. */
export function csvRow(cells: readonly string[]): string {
  const [only] = cells;
  if (only === '' && cells.length === 1) return '""';
  let row = '';
  for (let index = 0; index < cells.length; index++) row += (index === 0 ? '' : ',') + cell(cells[index] ?? '');
  return row;
}

function cell(text: string): string {
  return NEEDS_QUOTES.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

import type { TableFormat } from './format.js';

/** Tab-separated values with the escapes of the input format: `\t`, `\n`, `\r` and `\\`. */
export const tsv: TableFormat = {
  kind: 'table',
  name: 'tsv',
  summary: 'tab-separated values below a header, with \\t, \\n, \\r and \\\\ as escapes',
  breaksRows: false,
  row: (cells) => (cells.length === 1 && cells[0] === '' ? undefined : cells.map(cell).join('\t')),
  problemWith: ([first = '']) =>
    first.startsWith('\ufeff') ? 'the first column begins with a byte order mark, which readers drop' : undefined,
};

const ESCAPES: Readonly<Record<string, string>> = { '\t': '\\t', '\n': '\\n', '\r': '\\r', '\\': '\\\\' };

function cell(text: string): string {
  return /[\t\n\r\\]/.test(text) ? text.replaceAll(/[\t\n\r\\]/g, (character) => ESCAPES[character] ?? '') : text;
}

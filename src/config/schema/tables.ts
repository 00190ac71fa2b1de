import { TABLE_BYTES_MAX, type TablesInConfig } from '../kinds/tables.js';
import { choice, path, size, text } from './fields.js';
import { section } from './structures.js';

/** Positions of rows are 32-bit numbers. */
const BYTES_MAX = 2 ** 31;

/** A table in which scripts look up rows. */
export function table({ formats }: Pick<TablesInConfig, 'formats'>) {
  return section({
    file: path().describe('The file of the table; .gz is decompressed.'),
    key: text('the name of a column, or of a member of every row').describe(
      'The column, or the member of its rows, that table.get looks rows up by.',
    ),
    format: choice(formats)
      .optional()
      .describe(`What the file is: ${formats.join(', ')}. Default: what the end of its name says.`),
    max_bytes: size(1, BYTES_MAX)
      .prefault(TABLE_BYTES_MAX)
      .describe('A larger file is refused, and one whose rows take more as lines of JSON.'),
  });
}

import { basename, extname } from 'node:path';
import type { TablesInConfig } from '../../config/kinds/index.js';

/** File name endings, by the formats that they imply. A `.json` file may be a list of rows or lines of JSON. */
const ENDINGS: Readonly<Record<string, readonly string[]>> = {
  csv: ['.csv'],
  tsv: ['.tsv'],
  ndjson: ['.ndjson', '.jsonl'],
  json: ['.json'],
};

export const tables: TablesInConfig = {
  formats: Object.keys(ENDINGS),
  formatOf(file) {
    const end = extname(basename(file).replace(/\.gz$/i, '')).toLowerCase();
    return Object.keys(ENDINGS).find((format) => ENDINGS[format]?.includes(end));
  },
  async open(plan) {
    const { readTable } = await import('./read-table.js');
    return await readTable(plan);
  },
};

import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Json } from 'computo-js';
import { parseJson } from '../../src/json/index.js';
import { root } from './cli.js';

/** Where the benchmarks have it: see bench/contestants. */
const FOLDER = `${root}.bench/rivals/`;
const PACKAGE = '@duckdb/node-api';

/** What to add to the title of a test that asks DuckDB: why it is skipped, or nothing. */
export const DUCKDB_MISSING = existsSync(`${FOLDER}node_modules/${PACKAGE}`)
  ? ''
  : ` (skipped: npm install --prefix .bench/rivals ${PACKAGE})`;

/** As much of its types as is used here: the package is installed beside the project. */
interface DuckDb {
  readonly DuckDBInstance: {
    create(
      path: string,
      settings: Readonly<Record<string, string>>,
    ): Promise<{
      connect(): Promise<{ runAndReadAll(sql: string): Promise<{ getRows(): readonly (readonly [string])[] }> }>;
    }>;
  };
}

/** A DuckDB in memory. @returns asks it for the rows of a query, each an object; their numbers are exact */
export async function openDuckDb(): Promise<(query: string) => Promise<readonly Json[]>> {
  const { DuckDBInstance } = createRequire(FOLDER)(PACKAGE) as DuckDb;
  const connection = await (await DuckDBInstance.create(':memory:', { threads: '1' })).connect();
  return async (query) => {
    const rows = (await connection.runAndReadAll(`select to_json(q) from (${query}) q`)).getRows();
    return rows.map(([row]) => parseJson(row));
  };
}

import type { LookupTable, TableShape } from 'computo-js';

/** The default size limit of a table. */
export const TABLE_BYTES_MAX = 256 * 2 ** 20;

/** A table before it is read. Plain JSON data. */
export interface TablePlan {
  /** Its name in scripts. */
  readonly name: string;
  /** Absolute. */
  readonly file: string;
  /** One of {@link TablesInConfig.formats}. */
  readonly format: string;
  /** The column, or the member of its rows, by which rows are looked up. */
  readonly key: string;
  /** Limits the size of the file, and of its rows as lines of JSON. */
  readonly bytesMax: number;
}

/**
 * The content of a table, as bytes that threads share. Nobody writes to them once the table is open, so that all threads see the
 * same rows, whatever happens to the file.
 */
export interface TableMemory {
  readonly key: string;
  /** Whether all values are texts, so that a number finds the row whose key is that number's text. */
  readonly textKeys: boolean;
  /** The rows, as lines of JSON. */
  readonly lines: Uint8Array;
  /** A hash table of row positions: pairs of a key's hash and 1 + the offset of its line. Free slots are 0. */
  readonly slots: Uint32Array;
}

/** A table, read and checked. */
export interface OpenTable extends LookupTable, TableShape {
  readonly plan: TablePlan;
  /** The hash of its rows, in order. */
  readonly sha256: string;
  /** Shared with other threads. */
  readonly memory: TableMemory;
}

/** Tables by their names in scripts. */
export type OpenTables = Readonly<Record<string, OpenTable>>;

/** What the config floor knows of tables; passed in, like the kinds of stages. */
export interface TablesInConfig {
  readonly formats: readonly string[];
  /** The format of a file by its name; undefined if the name does not tell. */
  formatOf(file: string): string | undefined;
  /** Reads a table. @throws TableError */
  open(plan: TablePlan): Promise<OpenTable>;
}

/** Wraps `tables` to read each table only once: later calls return the rows of the first, whatever happened to the file. */
export function readOnce(tables: TablesInConfig): TablesInConfig {
  const opened = new Map<string, Promise<OpenTable>>();
  return {
    ...tables,
    open(plan) {
      const key = JSON.stringify(plan);
      const known = opened.get(key) ?? tables.open(plan);
      opened.set(key, known);
      return known;
    },
  };
}

/** A table can't be used. The message names the file and, if a row is at fault, the line. */
export class TableError extends Error {
  override readonly name = 'TableError';

  /**
   * @param kind `missing`: the file does not exist; `key`: the rows have no such column; `broken`: anything else
   * @param hint the remedy, as an instruction
   */
  constructor(
    readonly kind: 'missing' | 'key' | 'broken',
    message: string,
    readonly hint?: string,
  ) {
    super(message);
  }
}

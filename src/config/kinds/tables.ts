import type { LookupTable, TableShape } from 'computo-js';

/** How large a table may be where nobody says. */
export const TABLE_BYTES_MAX = 256 * 2 ** 20;

/** A table, before it is read. Plain JSON data. */
export interface TablePlan {
  /** As scripts name it. */
  readonly name: string;
  /** Absolute. */
  readonly file: string;
  /** One of {@link TablesInConfig.formats}. */
  readonly format: string;
  /** The column, or the member of its rows, that they are looked up by. */
  readonly key: string;
  /** A larger file is refused, and one whose rows take more as lines of JSON. */
  readonly bytesMax: number;
}

/**
 * What a table holds, as bytes that threads share: nobody writes into them once the table is open, so that all of them see the
 * same rows, whatever becomes of the file.
 */
export interface TableMemory {
  readonly key: string;
  /** Whether all values are texts, so that a number finds the row whose key is its text. */
  readonly textKeys: boolean;
  /** Rows, as lines of JSON. */
  readonly lines: Uint8Array;
  /** Where the rows are: pairs of a key's hash and 1 + the offset of its line. A hash table, whose free places are 0. */
  readonly slots: Uint32Array;
}

/** A table, read and checked. */
export interface OpenTable extends LookupTable, TableShape {
  readonly plan: TablePlan;
  /** The hash of its rows in their order. */
  readonly sha256: string;
  /** For other threads. */
  readonly memory: TableMemory;
}

/** Tables by the names that scripts use for them. */
export type OpenTables = Readonly<Record<string, OpenTable>>;

/** What the config floor knows of tables; it is handed it, as it is the kinds of stages. */
export interface TablesInConfig {
  readonly formats: readonly string[];
  /** The format of a file by its name, undefined where that does not tell. */
  formatOf(file: string): string | undefined;
  /** Reads a table. @throws TableError */
  open(plan: TablePlan): Promise<OpenTable>;
}

/** The same, reading each table once: whoever asks again gets the rows that the first one got, whatever became of the file. */
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

/** A table cannot be used. The message names the file and, where it is a row's fault, the line. */
export class TableError extends Error {
  override readonly name = 'TableError';

  /**
   * @param kind `missing`: there is no such file; `key`: the rows have no such column; `broken`: anything else
   * @param hint the way out, as an instruction
   */
  constructor(
    readonly kind: 'missing' | 'key' | 'broken',
    message: string,
    readonly hint?: string,
  ) {
    super(message);
  }
}

import type { CheckOptions, Json } from 'computo-js';
import type { OpenTable, OpenTables } from '../kinds/tables.js';
import { textsIn } from './texts-in.js';

/** The tables that scripts may name. */
export interface TableShelf {
  readonly names: readonly string[];
  /** Reads a table, unless it was read before. @throws ConfigError, or another error for the user */
  open(name: string): Promise<OpenTable>;
}

/** The tables that the scripts of one pipeline use: only those that a script names are read. */
export class ScriptTables {
  readonly #shelf: TableShelf;
  readonly #opened = new Map<string, OpenTable>();

  constructor(shelf: TableShelf) {
    this.#shelf = shelf;
  }

  /** What `check` needs to know of the tables: their names. */
  get known(): Required<Pick<CheckOptions, 'tables'>> {
    return { tables: Object.fromEntries(this.#shelf.names.map((name) => [name, null])) };
  }

  /** The tables that scripts have named so far; absent if there are none. */
  get opened(): { readonly tables?: OpenTables } {
    return this.#opened.size === 0 ? {} : { tables: Object.fromEntries(this.#opened) };
  }

  /** Reads the tables that a script names. @throws as `TableShelf.open` */
  async openFor(script: Json): Promise<void> {
    const { names } = this.#shelf;
    const texts = names.length === 0 ? undefined : textsIn(script);
    if (texts?.has('table.get') !== true) return;
    for (const name of names) if (texts.has(name)) this.#opened.set(name, await this.#shelf.open(name));
  }
}

import type { Shape } from './shape/index.js';
import type { Json } from './value/index.js';

/** A table in which scripts look up rows. The code that compiles the scripts provides it, already read. */
export interface LookupTable {
  /**
   * Returns the row with a key, or undefined if there is none. The row for a key must not change as long as the program is used.
   *
   * @param key a string, a number or a boolean
   */
  get(key: Json): Json | undefined;
}

/** What is known about a table's rows without looking one up. */
export interface TableShape {
  /** The shape of every row; unknown if absent. */
  readonly shape?: Shape | undefined;
}

import type { Shape } from './shape/index.js';
import type { Json } from './value/index.js';

/** A table that scripts look up rows in: whoever compiles them has read it. */
export interface LookupTable {
  /**
   * The row with a key, undefined where there is none. It must be the same for the same key as long as the program is used.
   *
   * @param key a text, a number or a boolean
   */
  get(key: Json): Json | undefined;
}

/** What is known of a table's rows without looking one up. */
export interface TableShape {
  /** The shape of any row; absent: nothing is known. */
  readonly shape?: Shape | undefined;
}

/**
 * A JSON value with exact numbers.
 *
 * - `number`: a number that a double holds exactly enough to print as the same decimal value again.
 * - `bigint`: an integer beyond ±2^53.
 * - `NumberText`: any other number that a double can't hold (30 decimals, `1e400`), kept as written.
 *
 * Values are immutable: an operator builds new ones and never writes into its inputs.
 */
export type Json = null | boolean | number | bigint | string | NumberText | readonly Json[] | JsonObject;

/** A JSON object. Every key is data: `__proto__` and `constructor` are own properties like any other. */
export interface JsonObject {
  readonly [key: string]: Json;
}

/** The three forms of a JSON number. */
export type JsonNumber = number | bigint | NumberText;

/** A number as its source text, for values that neither a double nor an integer can hold. */
export class NumberText {
  /** @param text a valid JSON number, as written */
  constructor(readonly text: string) {}

  /** Makes `JSON.stringify` throw instead of printing an object, because only an exact printer may write this value. */
  toJSON(): never {
    throw new TypeError('a number that does not fit a double: print it with an exact serializer');
  }

  toString(): string {
    return this.text;
  }
}

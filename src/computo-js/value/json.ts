/**
 * A JSON value with exact numbers.
 *
 * - `number`: what a double holds exactly enough to print again as the same decimal value.
 * - `bigint`: an integer beyond ±2^53.
 * - `NumberText`: any other number that a double can't hold (30 decimals, `1e400`), kept as it was written.
 *
 * Values are immutable: an operator builds new ones and never writes into its inputs.
 */
export type Json = null | boolean | number | bigint | string | NumberText | readonly Json[] | JsonObject;

/** A JSON object. Every key is data: `__proto__` and `constructor` are own properties like any other. */
export interface JsonObject {
  readonly [key: string]: Json;
}

/** The three forms that a JSON number has here. */
export type JsonNumber = number | bigint | NumberText;

/** A number as its source text, for the values that neither a double nor an integer holds. */
export class NumberText {
  /** @param text a valid JSON number, as it was written */
  constructor(readonly text: string) {}

  /** Makes `JSON.stringify` throw instead of printing an object: only an exact printer may write this value. */
  toJSON(): never {
    throw new TypeError('a number that does not fit a double: print it with an exact serializer');
  }

  toString(): string {
    return this.text;
  }
}

/**
 * Converts the bytes of a format to lines of JSON, one per record. An unreadable record also becomes a line, which tells the
 * pipeline the reason (see `broken-record.ts`). The longest record bounds the memory.
 */
export interface Decoder {
  /**
   * Takes the next bytes of the input.
   *
   * @returns the complete records, each with a newline; the caller owns the bytes
   */
  decode(chunk: Buffer): Buffer;
  /** Ends the input. @returns the remaining records */
  end(): Buffer;
}

export interface DecoderOptions {
  /** The input's name, for errors that concern all of it. */
  readonly source: string;
  /** A longer record is broken, and not kept in memory. */
  readonly recordBytesMax: number;
}

/** A format of an input other than lines of JSON. */
export interface InputFormat {
  /** Its name in `--in` and the config. */
  readonly name: string;
  /** File name endings that select it by default. */
  readonly extensions: readonly string[];
  /** One line for people. */
  readonly summary: string;
  readonly open: (options: DecoderOptions) => Decoder;
}

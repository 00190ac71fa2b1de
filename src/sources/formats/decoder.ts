/**
 * Converts the bytes of a format to lines of JSON, one for each record. An unreadable record becomes a
 * line, too, which tells the pipeline why (see `broken-record.ts`). The longest record bounds the memory.
 */
export interface Decoder {
  /**
   * Takes the next bytes of the input.
   *
   * @returns the complete records, each with a newline; the caller owns the bytes
   */
  decode(chunk: Buffer): Buffer;
  /** The input has ended. @returns the remaining records */
  end(): Buffer;
}

export interface DecoderOptions {
  /** The input's name, for errors that concern all of it. */
  readonly source: string;
  /** A longer record is broken and not kept in memory. */
  readonly recordBytesMax: number;
}

/** A format that inputs may have besides lines of JSON. */
export interface InputFormat {
  /** As `--in` and the config name it. */
  readonly name: string;
  /** Endings of file names that select it by default. */
  readonly extensions: readonly string[];
  /** One line for people. */
  readonly summary: string;
  readonly open: (options: DecoderOptions) => Decoder;
}

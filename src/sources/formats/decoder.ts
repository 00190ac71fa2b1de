/**
 * Turns the bytes of a format into lines of JSON, one for each record: what every source gives. A record that cannot be read is a
 * line too, by which the pipeline learns why (see `broken-record.ts`). Memory is bounded by the longest record.
 */
export interface Decoder {
  /**
   * Takes the next bytes of the input.
   *
   * @returns the records that are whole by now, each with a newline; its bytes belong to whoever called
   */
  decode(chunk: Buffer): Buffer;
  /** The input has ended. @returns the records that are left */
  end(): Buffer;
}

export interface DecoderOptions {
  /** The input's name, for errors that concern all of it. */
  readonly source: string;
  /** A longer record is broken, and is not held. */
  readonly recordBytesMax: number;
}

/** A format that inputs may have besides lines of JSON. */
export interface InputFormat {
  /** As `--in` and the config name it. */
  readonly name: string;
  /** File names that end so have it where nobody says otherwise. */
  readonly extensions: readonly string[];
  /** One line for people. */
  readonly summary: string;
  readonly open: (options: DecoderOptions) => Decoder;
}

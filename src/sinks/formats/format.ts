import type { Json } from 'computo-js';

/** A format of an output other than lines of JSON. */
export type OutputFormat = TextFormat | TableFormat;

interface AnyFormat {
  /** Its name in `--out` and the config. */
  readonly name: string;
  /** One line for people. */
  readonly summary: string;
}

/** A format that writes each event by itself. */
export interface TextFormat extends AnyFormat {
  readonly kind: 'text';
  /**
   * Returns the text for an event's data, without its newline.
   *
   * @throws ComputoError when the data is nested too deep to print
   */
  line(data: Json): string;
}

/** A format in which each event is a row below a header that names the columns. */
export interface TableFormat extends AnyFormat {
  readonly kind: 'table';
  /** Whether a row may contain line breaks, which are always in double quotes. */
  readonly breaksRows: boolean;
  /** @returns a row without its newline; undefined if readers would take the row for an empty line */
  row(cells: readonly string[]): string | undefined;
  /** Explains for people why readers can't read these names back. */
  problemWith?(columns: readonly string[]): string | undefined;
}

import type { Json } from 'computo-js';

/** A format that outputs may have besides lines of JSON. */
export type OutputFormat = TextFormat | TableFormat;

interface AnyFormat {
  /** As `--out` and the config name it. */
  readonly name: string;
  /** One line for people. */
  readonly summary: string;
}

/** Each event is written by itself. */
export interface TextFormat extends AnyFormat {
  readonly kind: 'text';
  /**
   * What is written of an event's data, without the newline behind it.
   *
   * @throws ComputoError when it is nested too deep to print
   */
  line(data: Json): string;
}

/** Each event is a row below a header that names the columns. */
export interface TableFormat extends AnyFormat {
  readonly kind: 'table';
  /** Whether a row may contain line breaks, always in double quotes. */
  readonly breaksRows: boolean;
  /** @returns a row without the newline behind it; undefined when readers would take the row for an empty line */
  row(cells: readonly string[]): string | undefined;
  /** What keeps readers from reading these names back, for people. */
  problemWith?(columns: readonly string[]): string | undefined;
}

import type { Json } from 'computo-js';
import type { OutputTake } from '../config/index.js';
import {
  columnsOf,
  ColumnsError,
  outputFormat,
  problemWithColumns,
  rowWriter,
  type TableFormat,
} from '../sinks/formats/index.js';
import { EventFailure, failureOf } from './failure.js';

/** The columns of each output; undefined: it has none, or its first event has not decided them yet. */
export type OutputColumns = readonly (readonly string[] | undefined)[];

/** Returns the text for an event's data, without its newline. */
type Write = (data: Json) => string;

/** How one output is written. */
type OutputWriter =
  /** Lines of JSON. */
  | undefined
  | Write
  /** The first event decides the columns. */
  | TableFormat;

/** How the outputs of a pipeline are written; undefined if all are lines of JSON. */
export type OutputFormats = readonly OutputWriter[] | undefined;

export function outputFormats(outputs: readonly OutputTake[]): OutputFormats {
  const writers = outputs.map((output): OutputWriter => {
    const format = outputFormat(output);
    if (format === undefined) return undefined;
    if (format.kind === 'text') return (data) => format.line(data);
    return output.columns === undefined ? format : rowWriter(format, output.columns);
  });
  return writers.every((writer) => writer === undefined) ? undefined : writers;
}

/** Writes the data of a block's events in the formats of the outputs. */
export class FormattedOutputs {
  readonly #writers: OutputWriter[];
  readonly #columns: (readonly string[] | undefined)[];

  /** @param decided the columns that events of earlier blocks have decided */
  constructor(formats: NonNullable<OutputFormats>, decided: OutputColumns = []) {
    this.#columns = formats.map((_, index) => decided[index]);
    this.#writers = formats.map((writer, index) => {
      const columns = decided[index];
      return typeof writer === 'object' && columns !== undefined ? rowWriter(writer, columns) : writer;
    });
  }

  /** The columns that events have decided so far. */
  get decided(): OutputColumns {
    return this.#columns;
  }

  /**
   * Returns an event's data in the format of an output, without its newline; undefined for lines of JSON.
   *
   * @throws EventFailure when the data can't be written in that format
   */
  write(output: number, data: Json): string | undefined {
    try {
      const writer = this.#writers[output];
      return typeof writer === 'object' ? this.#decide(output, writer, data) : writer?.(data);
    } catch (error) {
      if (error instanceof ColumnsError) throw new EventFailure('invalid_columns', error.message, 'output');
      throw failureOf(error, 'output');
    }
  }

  #decide(output: number, format: TableFormat, data: Json): string {
    const columns = columnsOf(data);
    if (columns === undefined) {
      throw new ColumnsError('the first event names the columns by its keys, and this one has none');
    }
    const problem = problemWithColumns(format, columns);
    if (problem !== undefined) throw new ColumnsError(`the keys of the first event cannot be columns: ${problem}`);
    const write = rowWriter(format, columns);
    const row = write(data);
    this.#columns[output] = columns;
    this.#writers[output] = write;
    return row;
  }
}

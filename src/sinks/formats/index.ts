import type { OutputTake } from '../../config/index.js';
import { csv } from './csv.js';
import type { OutputFormat, TableFormat } from './format.js';
import { text } from './text.js';
import { tsv } from './tsv.js';

/** The formats of an output besides lines of JSON. A new format is a file here and a line below. */
export { csvRow } from './csv.js';
export type { OutputFormat, TableFormat, TextFormat } from './format.js';
export { ColumnsError, columnsOf, rowWriter } from './table-rows.js';

export const OUTPUT_FORMATS: readonly OutputFormat[] = [csv, tsv, text];

/** The name of lines of JSON, which are the default. */
export const LINES_OF_JSON = 'ndjson';

/** The format as a config or a command line gives it. */
interface FormatNames {
  readonly format?: string | undefined;
  readonly columns?: readonly string[] | undefined;
}

/** @returns undefined for lines of JSON */
export function outputFormat({ format: name = LINES_OF_JSON }: FormatNames): OutputFormat | undefined {
  const format = OUTPUT_FORMATS.find((one) => one.name === name);
  if (format === undefined && name !== LINES_OF_JSON) throw new TypeError(`no output format is named ${name}`);
  return format;
}

/** What every file of a table begins with. */
export interface FileHead {
  /** The header, with its newline. */
  readonly bytes: Uint8Array;
  /** A newline in double quotes does not end a row. */
  readonly breaksRows: boolean;
}

/** @returns undefined if nothing precedes the first event, or its columns are not known yet */
export function fileHead(output: FormatNames): FileHead | undefined {
  const format = outputFormat(output);
  if (format?.kind !== 'table' || output.columns === undefined) return undefined;
  return { bytes: headerOf(format, output.columns), breaksRows: format.breaksRows };
}

/** Returns the header of a table, with its newline. */
export function headerOf(format: TableFormat, columns: readonly string[]): Buffer {
  return Buffer.from(`${format.row(columns) ?? ''}\n`);
}

/** Explains for people why these can't be the columns of a table; undefined if they can. */
export function problemWithColumns(format: TableFormat, columns: readonly string[]): string | undefined {
  if (columns.length === 0) return 'a table needs at least one column';
  const seen = new Set<string>();
  const twice = columns.find((column) => seen.size === seen.add(column).size);
  if (twice !== undefined) return `two columns are named ${JSON.stringify(twice)}`;
  if (format.row(columns) === undefined) return `a ${format.name} file cannot have one column without a name`;
  return format.problemWith?.(columns);
}

/** A contradiction between the settings of an output's format. */
export interface FormatProblem {
  readonly key: 'columns' | 'envelope';
  readonly message: string;
}

/** @param output its settings as written; without columns only if the first event may decide them */
export function formatProblem(output: FormatNames & Pick<OutputTake, 'envelope'>): FormatProblem | undefined {
  const { columns, envelope } = output;
  const format = outputFormat(output);
  if (format !== undefined && envelope) {
    return { key: 'envelope', message: `whole events are lines of JSON: ${format.name} has their data only` };
  }
  if (columns === undefined) return undefined;
  if (format?.kind !== 'table') return { key: 'columns', message: 'only csv and tsv have columns' };
  const message = problemWithColumns(format, columns);
  return message === undefined ? undefined : { key: 'columns', message };
}

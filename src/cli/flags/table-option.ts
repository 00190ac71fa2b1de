import { InvalidArgumentError, Option } from 'commander';
import { repeatable } from './repeatable-option.js';

/** A table from the command line. */
export interface TableFlag {
  /** The name that scripts use for the table. */
  readonly name: string;
  /** The file's path as it was typed. */
  readonly file: string;
  readonly key: string;
}

/** `--table`, which may be given several times. */
export function tableOption(): Option {
  const words = 'a table for table.get: its name, its file, and the column that rows are looked up by; may be repeated';
  return repeatable<TableFlag>(new Option('--table <name=file:key>', words), readTable);
}

/** Names contain no `=`. A file name may contain both characters, so the last colon is the separator. */
function readTable(text: string, before: readonly TableFlag[]): TableFlag {
  const equals = text.indexOf('=');
  const colon = text.lastIndexOf(':');
  const [name, file, key] = [text.slice(0, Math.max(0, equals)), text.slice(equals + 1, colon), text.slice(colon + 1)];
  if (name === '' || colon <= equals || file === '' || key === '') {
    throw new InvalidArgumentError('It must be NAME=FILE:KEY, such as users=./users.csv:id.');
  }
  if (before.some((one) => one.name === name)) throw new InvalidArgumentError(`The table ${name} is given twice.`);
  return { name, file, key };
}

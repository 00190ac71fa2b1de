import { InvalidArgumentError, Option } from 'commander';
import { repeatable } from './repeatable-option.js';

/** A table of the command line. */
export interface TableFlag {
  /** As scripts name it. */
  readonly name: string;
  /** As it was typed. */
  readonly file: string;
  readonly key: string;
}

/** `--table`, which may be given several times. */
export function tableOption(): Option {
  const words = 'a table for table.get: its name, its file, and the column that rows are looked up by; may be repeated';
  return repeatable<TableFlag>(new Option('--table <name=file:key>', words), readTable);
}

/** Names have no `=`; a file may have both signs in its name, so that the last colon is the one that counts. */
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

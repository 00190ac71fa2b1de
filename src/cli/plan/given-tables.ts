import { resolve } from 'node:path';
import type { LoadedConfig } from '../../config/index.js';
import { TABLE_BYTES_MAX, TableError, type OpenTable, type TablesInConfig } from '../../config/kinds/index.js';
import type { TableShelf } from '../../config/script/index.js';
import { EXIT } from '../exit/exit-codes.js';
import { UserError } from '../exit/user-error.js';
import type { TableFlag } from '../flags/table-option.js';

/**
 * The tables that scripts may name: those of the command line, and those of the config, which the command line overrides. Those of
 * the command line are read at once, so that a mistyped one is told even if no script names it.
 *
 * @returns undefined if there are neither
 * @throws UserError for a table of the command line that can't be read
 */
export async function tablesOf(
  flags: readonly TableFlag[] | undefined,
  config: LoadedConfig | undefined,
): Promise<TableShelf | undefined> {
  const ofConfig = config && (await import('../../config/index.js')).configTables(config, config);
  if (flags === undefined) return ofConfig;
  const [{ tables }, { readOnce }] = await Promise.all([
    import('../../sources/tables/index.js'),
    import('../../config/kinds/index.js'),
  ]);
  const reader = readOnce(tables);
  const given = new Map<string, OpenTable>();
  for (const flag of flags) given.set(flag.name, await openGiven(flag, reader));
  return {
    names: [...new Set([...given.keys(), ...(ofConfig?.names ?? [])])],
    async open(name) {
      const table = given.get(name);
      if (table !== undefined) return table;
      if (ofConfig === undefined) throw new TypeError(`no table is named ${name}`);
      return await ofConfig.open(name);
    },
  };
}

async function openGiven({ name, file, key }: TableFlag, tables: TablesInConfig): Promise<OpenTable> {
  const format = tables.formatOf(file);
  if (format === undefined) {
    const hint = `it must end in .csv, .tsv, .ndjson, .jsonl or .json; a config says it with format`;
    throw new UserError(`--table ${name}: the name of ${file} does not tell its format`, EXIT.usage, hint);
  }
  try {
    return await tables.open({ name, file: resolve(file), format, key, bytesMax: TABLE_BYTES_MAX });
  } catch (error) {
    if (!(error instanceof TableError)) throw error;
    throw new UserError(
      `--table ${name}: ${error.message}`,
      error.kind === 'broken' ? EXIT.invalid : EXIT.usage,
      error.hint,
    );
  }
}

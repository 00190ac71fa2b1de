import { formatPointer } from 'computo-js';
import { basename } from 'node:path';
import { ConfigError, type Diagnostic } from '../diagnostic/index.js';
import { TableError, type OpenTable } from '../kinds/tables.js';
import { resolvePath, type PathBase } from '../load/resolve-path.js';
import { partAt, validatePart, type ConfigText } from '../load/validate.js';
import type { TableShelf } from '../script/index.js';
import { diagnose } from '../source/index.js';

export function tableNames({ document }: Pick<ConfigText, 'document'>): readonly string[] {
  return [...(partAt(document, ['tables'])?.entries?.keys() ?? [])];
}

/** The tables of a config. Each is read when a script names it. */
export function configTables(config: ConfigText, base: PathBase): TableShelf {
  return {
    names: tableNames(config),
    open: async (name) => await openTable(config, base, name, 'error'),
  };
}

/**
 * Reads a table of the config.
 *
 * @param unsetIs how an unset variable counts, see `validatePart`
 * @throws ConfigError with what is wrong with its settings, its file or its rows
 */
export async function openTable(
  config: ConfigText,
  base: PathBase,
  name: string,
  unsetIs: 'error' | 'warning',
): Promise<OpenTable> {
  const { document, kinds, schema } = config;
  const path = ['tables', name];
  const { value, diagnostics } = validatePart(config, schema.table, path, partAt(document, path), unsetIs);
  if (value === undefined || diagnostics.length > 0) throw new ConfigError(diagnostics);
  const { key, max_bytes: bytesMax } = value;
  const file = resolvePath(base, value.file);
  const format = value.format ?? kinds.tables.formatOf(file);
  const refuse = (member: string, code: string, message: string, hint?: string): ConfigError => {
    const finding = { severity: 'error', code, message, hint } as const;
    return new ConfigError([diagnose(document, formatPointer([...path, member]), finding)]);
  };
  if (format === undefined) {
    const message = `the name of ${basename(file)} does not tell its format`;
    throw refuse('file', 'missing-key', message, `add format: ${kinds.tables.formats.join(', ')}`);
  }
  try {
    return await kinds.tables.open({ name, file, format, key, bytesMax });
  } catch (error) {
    if (!(error instanceof TableError)) throw error;
    const { kind, message, hint } = error;
    const code = kind === 'missing' ? 'file-not-found' : 'broken-table';
    throw refuse(kind === 'key' ? 'key' : 'file', code, message, hint);
  }
}

/** Reads the tables of a config; returns those that can be read, and the findings for the others. */
export async function readTables(
  config: ConfigText,
  base: PathBase,
): Promise<{ readonly tables: ReadonlyMap<string, OpenTable | undefined>; readonly findings: readonly Diagnostic[] }> {
  const tables = new Map<string, OpenTable | undefined>();
  const findings: Diagnostic[] = [];
  for (const name of tableNames(config)) {
    try {
      tables.set(name, await openTable(config, base, name, 'warning'));
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      tables.set(name, undefined);
      findings.push(...error.diagnostics);
    }
  }
  return { tables, findings };
}

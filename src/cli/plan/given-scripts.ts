import type { LoadedConfig, ScriptPlan } from '../../config/index.js';
import { ConfigError, hasErrors, type Diagnostic } from '../../config/diagnostic/index.js';
import {
  checkScript,
  parseInlineScript,
  scriptPlan,
  type ScriptSource,
  ScriptTables,
  type TableShelf,
} from '../../config/script/index.js';
import type { FilterStages, ScriptStagePlan } from '../../pipeline/index.js';

/** Receives findings about a script that can run anyway. */
export type Warn = (findings: readonly Diagnostic[]) => void;

/**
 * Parses the scripts given by `--filter`, and names each differently.
 *
 * @throws ConfigError if one can't be parsed
 */
export async function parseFilters(texts: readonly string[] = []): Promise<readonly ScriptSource[]> {
  const sources: ScriptSource[] = [];
  for (const [index, text] of texts.entries()) {
    sources.push(await parseInlineScript(text, index === 0 ? '--filter' : `--filter (${index + 1})`));
  }
  return sources;
}

/** The context in which scripts of the command line are planned. */
export interface ScriptSurroundings {
  /** The config with the sections `computo` and `secrets` to use; undefined: the defaults. */
  readonly config: LoadedConfig | undefined;
  /** The tables that scripts may name; undefined: there are none. */
  readonly tables: ScriptTables | undefined;
  readonly warn?: Warn;
}

/** The context of scripts, with its own tables, separate from those of other pipelines. */
export function surroundingsOf(
  config: LoadedConfig | undefined,
  shelf: TableShelf | undefined,
  warn?: Warn,
): ScriptSurroundings {
  const tables = shelf && new ScriptTables(shelf);
  return { config, tables, ...(warn && { warn }) };
}

/**
 * The stages for `--filter`, which come before a pipeline's own stages: events pass them in order.
 *
 * @throws ConfigError
 */
export async function filterStages(
  sources: readonly ScriptSource[],
  surroundings: ScriptSurroundings,
): Promise<Omit<FilterStages, 'stages'> & { readonly stages: readonly ScriptStagePlan[] }> {
  const stages: ScriptStagePlan[] = [];
  for (const source of sources) stages.push(await scriptStage('filter', source, surroundings));
  return { stages, ...surroundings.tables?.opened };
}

/**
 * A stage that is a script of the command line. Reads the tables that the script names.
 *
 * @throws ConfigError with all problems, if something in it is certain to fail
 */
export async function scriptStage(
  kind: 'computo' | 'filter',
  source: ScriptSource,
  { config, tables, warn }: ScriptSurroundings,
): Promise<ScriptStagePlan> {
  return { kind, name: source.name, script: await givenScript(source, { config, tables, ...(warn && { warn }) }) };
}

interface Planned {
  readonly plan: ScriptPlan;
  readonly warnings: readonly Diagnostic[];
}

/**
 * The plan of a script of the command line. Reads the tables that the script names.
 *
 * @throws ConfigError with all problems, if something in it is certain to fail
 */
export async function givenScript(
  source: ScriptSource,
  { config, tables, warn }: ScriptSurroundings,
): Promise<ScriptPlan> {
  const { plan, warnings } = await (config === undefined ? bare(source, tables) : configured(source, config, tables));
  warn?.(warnings);
  return plan;
}

async function configured(source: ScriptSource, config: LoadedConfig, tables?: ScriptTables): Promise<Planned> {
  const { planScript, scriptOptions } = await import('../../config/index.js');
  return await planScript(source, scriptOptions(config), config, tables);
}

async function bare(source: ScriptSource, tables: ScriptTables | undefined): Promise<Planned> {
  const findings = checkScript(source, tables?.known ?? {});
  if (hasErrors(findings)) throw new ConfigError(findings.map(tables === undefined ? withFlag : (one) => one));
  await tables?.openFor(source.script);
  return { plan: scriptPlan(source, {}), warnings: findings };
}

/** Without a config, a table is named by a flag. */
function withFlag(finding: Diagnostic): Diagnostic {
  return finding.code === 'unknown-table'
    ? { ...finding, hint: 'Give it with --table NAME=FILE:KEY, or name the config that has it: -c FILE.' }
    : finding;
}

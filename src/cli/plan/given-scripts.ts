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

/** Is told what is wrong with a script that keeps it from nothing. */
export type Warn = (findings: readonly Diagnostic[]) => void;

/**
 * The scripts that `--filter` was given, each with a name of its own.
 *
 * @throws ConfigError when one cannot be parsed
 */
export async function parseFilters(texts: readonly string[] = []): Promise<readonly ScriptSource[]> {
  const sources: ScriptSource[] = [];
  for (const [index, text] of texts.entries()) {
    sources.push(await parseInlineScript(text, index === 0 ? '--filter' : `--filter (${index + 1})`));
  }
  return sources;
}

/** What scripts of the command line are planned with. */
export interface ScriptSurroundings {
  /** Whose sections `computo` and `secrets` hold; undefined: the defaults. */
  readonly config: LoadedConfig | undefined;
  /** The tables that they may name; undefined: there are none. */
  readonly tables: ScriptTables | undefined;
  readonly warn?: Warn;
}

/** The surroundings of scripts, with tables of their own kept apart from those of other pipelines. */
export function surroundingsOf(
  config: LoadedConfig | undefined,
  shelf: TableShelf | undefined,
  warn?: Warn,
): ScriptSurroundings {
  const tables = shelf && new ScriptTables(shelf);
  return { config, tables, ...(warn && { warn }) };
}

/**
 * What `--filter` asks for, in front of a pipeline's own stages: events pass them in their order.
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
 * A stage that is a script of the command line. The tables that it names are read.
 *
 * @throws ConfigError with all that is wrong, when something in it is certain to fail
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
 * The plan of a script of the command line. The tables that it names are read.
 *
 * @throws ConfigError with all that is wrong, when something in it is certain to fail
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

/** Where there is no config, a table is named by a flag. */
function withFlag(finding: Diagnostic): Diagnostic {
  return finding.code === 'unknown-table'
    ? { ...finding, hint: 'Give it with --table NAME=FILE:KEY, or name the config that has it: -c FILE.' }
    : finding;
}

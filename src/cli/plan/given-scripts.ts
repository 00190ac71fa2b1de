import type { LoadedConfig, ScriptPlan } from '../../config/index.js';
import { ConfigError, hasErrors, type Diagnostic } from '../../config/diagnostic/index.js';
import { checkScript, parseInlineScript, scriptPlan, type ScriptSource } from '../../config/script/index.js';
import type { ScriptStagePlan } from '../../pipeline/index.js';

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

/**
 * What `--filter` asks for, in front of a pipeline's own stages: events pass them in their order.
 *
 * @throws ConfigError
 */
export async function filterStages(
  sources: readonly ScriptSource[],
  config: LoadedConfig | undefined,
  warn?: Warn,
): Promise<readonly ScriptStagePlan[]> {
  const stages: ScriptStagePlan[] = [];
  for (const source of sources) stages.push(await scriptStage('filter', source, config, warn));
  return stages;
}

/**
 * A stage that is a script of the command line.
 *
 * @param config whose sections `computo` and `secrets` hold; undefined: the defaults
 * @throws ConfigError with all that is wrong, when something in it is certain to fail
 */
export async function scriptStage(
  kind: 'computo' | 'filter',
  source: ScriptSource,
  config: LoadedConfig | undefined,
  warn?: Warn,
): Promise<ScriptStagePlan> {
  return { kind, name: source.name, script: await givenScript(source, config, warn) };
}

interface Planned {
  readonly plan: ScriptPlan;
  readonly warnings: readonly Diagnostic[];
}

/**
 * The plan of a script of the command line.
 *
 * @throws ConfigError with all that is wrong, when something in it is certain to fail
 */
export async function givenScript(
  source: ScriptSource,
  config: LoadedConfig | undefined,
  warn?: Warn,
): Promise<ScriptPlan> {
  const { plan, warnings } = await (config === undefined ? bare(source) : configured(source, config));
  warn?.(warnings);
  return plan;
}

async function configured(source: ScriptSource, config: LoadedConfig): Promise<Planned> {
  const { planScript, scriptOptions } = await import('../../config/index.js');
  return await planScript(source, scriptOptions(config), config);
}

function bare(source: ScriptSource): Planned {
  const findings = checkScript(source, {});
  if (hasErrors(findings)) throw new ConfigError(findings);
  return { plan: scriptPlan(source, {}), warnings: findings };
}

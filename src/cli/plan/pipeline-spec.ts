import type { CheckOptions } from 'computo-js';
import type { AiStagePlan, LoadedConfig, PipelinePlan, StagePlan } from '../../config/index.js';
import { ConfigError, hasErrors, type Diagnostic } from '../../config/diagnostic/index.js';
import { checkScript, inDialectOf, parseInlineScript, type ScriptSource } from '../../config/script/index.js';
import type { PipelineSpec, ScriptSpec, StageSpec } from '../../pipeline/index.js';

/** A pipeline of the config as it is run, but for its outputs: where those go, each command decides. */
export type PipelineBody = Omit<PipelineSpec, 'outputs'>;

/** Is told what is wrong with a script that keeps it from nothing. */
export type Warn = (findings: readonly Diagnostic[]) => void;

/**
 * @throws ConfigError when a script of it is certain to fail
 */
export async function pipelineBody(plan: PipelinePlan, config: LoadedConfig, warn?: Warn): Promise<PipelineBody> {
  const stages: StageSpec[] = [];
  for (const stage of plan.stages) stages.push(await stageSpec(stage, config, warn));
  const { name, onError, routingKey } = plan;
  return { name, stages, onError, ...(routingKey && { routingKey: await scriptSpec(routingKey, config, warn) }) };
}

async function stageSpec(stage: StagePlan, config: LoadedConfig, warn: Warn | undefined): Promise<StageSpec> {
  if (stage.kind !== 'ai')
    return { kind: stage.kind, name: stage.name, script: await scriptSpec(stage.script, config, warn) };
  const plan: AiStagePlan = stage;
  return { ...plan, kind: 'ai', request: await scriptSpec(plan.request, config, warn) };
}

export type FilterStage = Extract<StageSpec, { kind: 'filter' }>;

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
): Promise<readonly FilterStage[]> {
  const stages: FilterStage[] = [];
  for (const source of sources) {
    stages.push({ kind: 'filter', name: source.name, script: await scriptSpec(source, config, warn) });
  }
  return stages;
}

/**
 * A script with its options and the secrets that it names, once nothing in it is certain to fail.
 *
 * @param config whose sections `computo` and `secrets` hold; undefined: the defaults
 * @throws ConfigError with all that is wrong
 */
export async function scriptSpec(
  source: ScriptSource,
  config: LoadedConfig | undefined,
  warn?: Warn,
): Promise<ScriptSpec> {
  const { script, text } = source;
  const written = text && { text: { text: text.text, spans: text.spans } };
  if (config === undefined) {
    const options = inDialectOf(source, {});
    refuseMistakes(source, options, warn);
    return { script, options, ...written };
  }
  const { knownSecrets, scriptOptions, secretsFor } = await import('../../config/index.js');
  const options = inDialectOf(source, scriptOptions(config));
  refuseMistakes(source, { ...options, ...knownSecrets(config) }, warn);
  return { script, options: { ...options, ...(await secretsFor(script, config)) }, ...written };
}

function refuseMistakes(source: ScriptSource, options: CheckOptions, warn: Warn | undefined): void {
  const findings = checkScript(source, options);
  if (hasErrors(findings)) throw new ConfigError(findings);
  warn?.(findings);
}

import { formatPointer, type Json } from 'computo-js';
import { sharedOutputFiles } from '../check/output-files.js';
import { outputsOntoOwnFiles } from '../check/own-files.js';
import { ConfigError, didYouMean, hasErrors, type Diagnostic } from '../diagnostic/index.js';
import { providerNames } from '../load/sections.js';
import type { LoadedConfig } from '../load/load-config.js';
import { resolvePath } from '../load/resolve-path.js';
import { validatePart } from '../load/validate.js';
import {
  pipeline as pipelineSchema,
  type DeadLetterConfig,
  type OutputConfig,
  type PipelineConfig,
  type StageConfig,
} from '../schema/pipeline.js';
import { checkScript, type ScriptSource } from '../script/index.js';
import { blameFile, diagnose, nodeAt } from '../source/index.js';
import type {
  AiStagePlan,
  FilePlan,
  OnErrorPlan,
  OutputPlan,
  PipelinePlan,
  ScriptOptions,
  StagePlan,
} from './pipeline-plan.js';
import { loadSchema } from './schema-file.js';
import { scriptOptions } from './script-options.js';
import { knownSecrets } from './script-secrets.js';
import { unknownProviders } from './unknown-providers.js';
import { pipelinesOf } from './pipelines-of.js';
import { ScriptResolver } from './script-resolver.js';

export function pipelineNames(config: Pick<LoadedConfig, 'document'>): readonly string[] {
  return [...pipelinesOf(config.document).keys()];
}

export function scriptNames(config: Pick<LoadedConfig, 'document'>): readonly string[] {
  return [...(nodeAt(config.document.root, '/scripts')?.entries?.keys() ?? [])];
}

/**
 * A script of the config by name.
 *
 * @throws ConfigError (`unknown-script`, or what is wrong with its file)
 */
export async function resolveScript(config: LoadedConfig, name: string): Promise<ScriptSource> {
  return await new ScriptResolver(config.document, config).named(name);
}

/**
 * A pipeline of the config, ready to be built: scripts and schemas read, paths absolute, the environment put in.
 *
 * @throws ConfigError with everything that keeps it from being used
 */
export async function resolvePipeline(config: LoadedConfig, name: string): Promise<PipelinePlan> {
  const node = pipelinesOf(config.document).get(name)?.node;
  if (node === undefined) throw new ConfigError([unknownPipeline(config, name)]);
  const path = ['pipelines', name];
  const { value, diagnostics } = validatePart(config.document, pipelineSchema, path, node, config.env, 'error');
  if (value === undefined || diagnostics.length > 0) throw new ConfigError(diagnostics);

  const builder = new PlanBuilder(config);
  const plan = await builder.build(name, path, value);
  const { document, env } = config;
  const findings = [
    ...builder.findings,
    ...sharedOutputFiles(document, config, env, name),
    ...outputsOntoOwnFiles(document, config, env, { pipeline: name, scripts: builder.scriptFiles }),
  ];
  if (plan === undefined || hasErrors(findings)) throw new ConfigError(findings);
  return plan;
}

function unknownPipeline(config: LoadedConfig, name: string): Diagnostic {
  const names = pipelineNames(config);
  const hint = didYouMean(name, names) ?? (names.length > 0 ? `pipelines: ${names.join(', ')}` : undefined);
  const finding = {
    severity: 'error',
    code: 'unknown-pipeline',
    message: `no pipeline ${JSON.stringify(name)} in the config`,
    hint,
  } as const;
  return nodeAt(config.document.root, '/pipelines') === undefined
    ? blameFile(config.file)(finding.code, finding.message, hint)
    : diagnose(config.document, '/pipelines', finding, 'key');
}

class PlanBuilder {
  readonly #config: LoadedConfig;
  readonly #resolver: ScriptResolver;
  readonly #options: ScriptOptions;
  readonly #findings: Diagnostic[] = [];

  constructor(config: LoadedConfig) {
    this.#config = config;
    this.#resolver = new ScriptResolver(config.document, config);
    this.#options = scriptOptions(config);
  }

  get scriptFiles(): readonly string[] {
    return this.#resolver.scriptFiles;
  }

  get findings(): readonly Diagnostic[] {
    return [...this.#findings, ...this.#resolver.findings];
  }

  /** Undefined only if there are findings. */
  async build(name: string, path: readonly string[], pipeline: PipelineConfig): Promise<PipelinePlan | undefined> {
    const stages: StagePlan[] = [];
    for (const [index, stage] of pipeline.stages.entries()) {
      const ordinal = stages.filter(({ kind }) => kind === 'ai').length + 1;
      const plan = await this.#stage([...path, 'stages', String(index)], stage, index, ordinal);
      if (plan !== undefined) stages.push(plan);
    }
    const routingKey = pipeline.routing_key === undefined ? undefined : await this.#script([...path, 'routing_key']);
    if (hasErrors(this.findings)) return undefined;
    return {
      name,
      stages,
      ...(routingKey && { routingKey }),
      ...(pipeline.outputs && { outputs: pipeline.outputs.map((output) => this.#output(output)) }),
      ...(pipeline.dead_letter && { deadLetter: this.#file(pipeline.dead_letter) }),
      onError: onErrorPlan(pipeline.on_error),
      ...(pipeline.budget !== undefined && { budget: pipeline.budget }),
      options: this.#options,
    };
  }

  async #stage(
    path: readonly string[],
    stage: StageConfig,
    index: number,
    ordinal: number,
  ): Promise<StagePlan | undefined> {
    if ('ai' in stage) return await this.#aiStage([...path, 'ai'], stage.ai, stage.name, ordinal);
    const kind = 'computo' in stage ? 'computo' : 'filter';
    const script = await this.#script([...path, kind]);
    return script && { kind, name: stage.name ?? `${kind}-${index + 1}`, script };
  }

  async #aiStage(
    path: readonly string[],
    stage: Extract<StageConfig, { ai: unknown }>['ai'],
    outerName: string | undefined,
    ordinal: number,
  ): Promise<StagePlan | undefined> {
    const { model, route, into, max_tokens: maxTokens, dedupe, in_doubt: inDoubt } = stage;
    const request = await this.#script([...path, 'request']);
    const providers = this.#providers(path, stage.providers);
    const schema = stage.schema === undefined ? undefined : await this.#schema([...path, 'schema'], stage.schema);
    if (request === undefined) return undefined;
    const plan: AiStagePlan = {
      name: stage.name ?? outerName ?? `ai-${ordinal}`,
      request,
      ...(model !== undefined && { model }),
      providers,
      route,
      ...(schema !== undefined && { schema }),
      ...(into !== undefined && { into }),
      maxTokens,
      dedupe,
      ...(inDoubt !== undefined && { inDoubt }),
    };
    return { kind: 'ai', ...plan };
  }

  #providers(path: readonly string[], named: readonly string[] | undefined): readonly string[] {
    const known = providerNames(this.#config);
    this.#findings.push(...unknownProviders(this.#config.document, path, named, known));
    return named ?? known;
  }

  async #schema(path: readonly string[], schema: Json): Promise<AiStagePlan['schema']> {
    const { document } = this.#config;
    const found = await loadSchema(document, this.#config, schema, formatPointer(path));
    if ('schema' in found) return found.schema;
    this.#findings.push(...found);
    return undefined;
  }

  async #script(path: readonly string[]): Promise<ScriptSource | undefined> {
    const node = nodeAt(this.#config.document.root, formatPointer(path));
    const script = node === undefined ? undefined : await this.#resolver.resolve(path, node);
    if (script !== undefined)
      this.#findings.push(...checkScript(script, { ...this.#options, ...knownSecrets(this.#config) }));
    return script;
  }

  #output(output: OutputConfig): OutputPlan {
    const common = { envelope: output.envelope, ...(output.when && { when: output.when }) };
    if ('file' in output) return { kind: 'file', ...this.#file(output), ...common };
    if ('nats' in output) return { kind: 'nats', subject: output.nats, ...common };
    return { kind: 'stdout', ...common };
  }

  #file(config: DeadLetterConfig): FilePlan {
    const {
      file,
      rotate_size: rotateSize,
      rotate_every: rotateEvery,
      retention_days: retentionDays,
      gzip,
      pattern,
    } = config;
    return {
      file: resolvePath(this.#config, file),
      ...(rotateSize !== undefined && { rotateSize }),
      ...(rotateEvery !== undefined && { rotateEvery }),
      ...(retentionDays !== undefined && { retentionDays }),
      gzip,
      ...(pattern !== undefined && { pattern }),
    };
  }
}

function onErrorPlan(onError: PipelineConfig['on_error']): OnErrorPlan {
  return typeof onError === 'string' ? { kind: onError } : { kind: 'default', data: onError.default };
}

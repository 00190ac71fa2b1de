import { formatPointer, type Json } from 'computo-js';
import { aiStagesOf } from '../check/ai-stages.js';
import { misnamedOutputs } from '../check/file-names.js';
import { askedModel, isTemplate, providersOf } from './request-literal.js';
import { servedProblems } from './served-problems.js';
import { togetherServed, vendorsFor } from './vendors.js';
import { sharedOutputFiles } from '../check/output-files.js';
import { outputsOntoOwnFiles } from '../check/own-files.js';
import { sameRequest } from '../check/same-request.js';
import { ConfigError, didYouMean, hasErrors, type Diagnostic } from '../diagnostic/index.js';
import { filePlan, type KeyPath, type StageMaker } from '../kinds/index.js';
import { providerNames } from '../load/sections.js';
import type { LoadedConfig } from '../load/load-config.js';
import { resolvePath } from '../load/resolve-path.js';
import { validatePart } from '../load/validate.js';
import type { PipelineConfig } from '../schema/pipeline.js';
import type { ScriptSource } from '../script/index.js';
import { blameFile, diagnose, nodeAt } from '../source/index.js';
import { memberProblems } from './member-problems.js';
import type { OnErrorPlan, PipelinePlan, ScriptOptions, ScriptPlan, StagePlan, TemplatePlan } from './pipeline-plan.js';
import { planScript } from './plan-script.js';
import { loadSchema } from './schema-file.js';
import { configTables } from './config-tables.js';
import { scriptOptions } from './script-options.js';
import { settingProblems } from './setting-problems.js';
import { ScriptTables, type TableShelf } from '../script/index.js';
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
 * Finds a script of the config by name.
 *
 * @throws ConfigError (`unknown-script`, or what is wrong with its file)
 */
export async function resolveScript(config: LoadedConfig, name: string): Promise<ScriptSource> {
  return await new ScriptResolver(config.document, config).named(name);
}

/** A pipeline of the config, and what it was made from. */
export interface ResolvedPipeline {
  readonly plan: PipelinePlan;
  /** Its scripts as written in their files, by their plans. */
  readonly sources: ReadonlyMap<ScriptPlan, ScriptSource>;
  /** Absolute paths of the files that contain its scripts. */
  readonly scriptFiles: readonly string[];
  readonly warnings: readonly Diagnostic[];
}

/**
 * Resolves a pipeline of the config until it is ready to be built: reads scripts, secrets and schemas, makes paths absolute, and
 * fills in environment variables.
 *
 * @param shelf the tables that its scripts may name; absent: those of the config
 * @throws ConfigError with everything that keeps the pipeline from being used
 */
export async function resolvePipeline(
  config: LoadedConfig,
  name: string,
  shelf: TableShelf = configTables(config, config),
): Promise<ResolvedPipeline> {
  const { path, value } = usePipeline(config, name);
  const builder = new PlanBuilder(config, new ScriptTables(shelf));
  const plan = await builder.build(name, path, value);
  const findings = [
    ...builder.findings,
    ...misnamedOutputs(config, name),
    ...sharedOutputFiles(config, config, name),
    ...outputsOntoOwnFiles(config, config, { pipeline: name, scripts: builder.scriptFiles }),
  ];
  if (plan === undefined || hasErrors(findings)) throw new ConfigError(findings);
  const { sources, scriptFiles } = builder;
  return { plan, sources, scriptFiles, warnings: findings };
}

/**
 * The outputs of a pipeline of the config. Reads no other files, and in particular no scripts or secrets.
 *
 * @throws ConfigError with everything that is wrong with the pipeline's text
 */
export function resolveOutputs(config: LoadedConfig, name: string): Pick<PipelinePlan, 'outputs' | 'deadLetter'> {
  return outputsOf(usePipeline(config, name).value, config);
}

function usePipeline(config: LoadedConfig, name: string): { readonly path: KeyPath; readonly value: PipelineConfig } {
  const node = pipelinesOf(config.document).get(name)?.node;
  if (node === undefined) throw new ConfigError([unknownPipeline(config, name)]);
  const path = ['pipelines', name];
  const { value, diagnostics } = validatePart(config, config.schema.pipeline, path, node, 'error');
  if (value === undefined || diagnostics.length > 0) throw new ConfigError(diagnostics);
  return { path, value };
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
  /** The scripts requested so far. */
  readonly sources = new Map<ScriptPlan, ScriptSource>();
  readonly #config: LoadedConfig;
  readonly #resolver: ScriptResolver;
  readonly #options: ScriptOptions;
  readonly #tables: ScriptTables;
  readonly #findings: Diagnostic[] = [];

  constructor(config: LoadedConfig, tables: ScriptTables) {
    this.#config = config;
    this.#tables = tables;
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
  async build(name: string, path: KeyPath, pipeline: PipelineConfig): Promise<PipelinePlan | undefined> {
    this.#findings.push(...settingProblems(this.#config, path));
    const stages: StagePlan[] = [];
    for (const [index, { kind, plan }] of pipeline.stages.entries()) {
      const placeOfKind = stages.filter((stage) => stage.kind === kind).length + 1;
      const at = [...path, 'stages', String(index)];
      const stage = await plan(this.#maker(at, kind, { place: index + 1, placeOfKind }));
      if (stage !== undefined) stages.push(stage);
    }
    const routingKey = pipeline.routing_key === undefined ? undefined : await this.#script([...path, 'routing_key']);
    if (hasErrors(this.findings)) return undefined;
    this.#findings.push(...(await this.#sameRequests(path)));
    return {
      name,
      stages,
      ...(routingKey && { routingKey }),
      ...this.#tables.opened,
      ...outputsOf(pipeline, this.#config),
      onError: onErrorPlan(pipeline.on_error),
      ...(pipeline.budget !== undefined && { budget: pipeline.budget }),
    };
  }

  async #sameRequests(path: KeyPath): Promise<readonly Diagnostic[]> {
    const { document, kinds } = this.#config;
    const pipeline = nodeAt(document.root, formatPointer(path));
    const stages = pipeline === undefined ? [] : aiStagesOf(path, pipeline, kinds.stages);
    const found = stages.map(async (stage) => {
      const fileText = this.#resolver.textAt(formatPointer([...stage.path, 'prompt_file']));
      return sameRequest(document, stage, { request: await this.#source([...stage.path, 'request']), fileText });
    });
    return (await Promise.all(found)).flat();
  }

  #maker(path: KeyPath, kind: string, places: Pick<StageMaker, 'place' | 'placeOfKind'>): StageMaker {
    return {
      ...places,
      script: async (below) => await this.#script([...path, ...below]),
      scriptOrTemplate: async (below) => await this.#scriptOrTemplate(path, below, kind),
      textFile: async (below, file) =>
        await this.#resolver.textFile([...path, ...below], file, this.#config.kinds.stages.of({ kind }).textProblem),
      jsonSchema: async (below, value) => await this.#schema([...path, ...below], value),
      providers: async (below, named, models) => await this.#providers([...path, ...below], named, models),
    };
  }

  async #providers(
    path: KeyPath,
    named: readonly string[] | undefined,
    models: readonly string[],
  ): Promise<readonly string[]> {
    const known = providerNames(this.#config);
    this.#findings.push(...unknownProviders(this.#config.document, path, named, known));
    const request = await this.#source([...path, 'request']);
    const [model] = models;
    const asked =
      models.length > 1
        ? models.map((step, i) => ({ model: step, place: [...path, 'cascade', String(i), 'model'] }))
        : [{ model: askedModel(request, model) }];
    const names = named ?? this.#ofNoName(path, asked, known);
    const servers = providersOf(request, names, known);
    for (const one of asked) this.#findings.push(...servedProblems(this.#config, path, { ...one, servers }));
    return names;
  }

  /** The providers of a stage that names none. */
  #ofNoName(
    path: KeyPath,
    asked: readonly { readonly model: string | undefined }[],
    known: readonly string[],
  ): readonly string[] {
    const { document, env, kinds } = this.#config;
    if (document.vendors !== true) return known;
    const served = togetherServed(
      asked.map(({ model }) => vendorsFor(document, path, model, { env, vendors: kinds.vendors })),
    );
    if ('names' in served) return served.names;
    this.#findings.push(served.problem);
    return [];
  }

  async #schema(path: KeyPath, schema: Json): Promise<Json | undefined> {
    const { document } = this.#config;
    const found = await loadSchema(document, this.#config, schema, formatPointer(path));
    if ('schema' in found) return found.schema;
    this.#findings.push(...found);
    return undefined;
  }

  async #scriptOrTemplate(
    stage: KeyPath,
    below: KeyPath,
    kind: string,
  ): Promise<ScriptPlan | TemplatePlan | undefined> {
    const source = await this.#source([...stage, ...below]);
    if (source === undefined) return undefined;
    const { mapTemplates = [] } = this.#config.kinds.stages.of({ kind });
    const judge = mapTemplates.find(({ at }) => formatPointer(at) === formatPointer(below));
    if (judge !== undefined) this.#findings.push(...memberProblems(judge, source));
    return isTemplate(source) ? { template: source.script } : await this.#planned(source);
  }

  async #script(path: KeyPath): Promise<ScriptPlan | undefined> {
    const source = await this.#source(path);
    return source && (await this.#planned(source));
  }

  async #source(path: KeyPath): Promise<ScriptSource | undefined> {
    const node = nodeAt(this.#config.document.root, formatPointer(path));
    return node === undefined ? undefined : await this.#resolver.resolve(path, node);
  }

  async #planned(source: ScriptSource): Promise<ScriptPlan | undefined> {
    try {
      const { plan, warnings } = await planScript(source, this.#options, this.#config, this.#tables);
      this.#findings.push(...warnings);
      this.sources.set(plan, source);
      return plan;
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      this.#findings.push(...error.diagnostics);
      return undefined;
    }
  }
}

function outputsOf(pipeline: PipelineConfig, config: LoadedConfig): Pick<PipelinePlan, 'outputs' | 'deadLetter'> {
  const make = { path: (written: string) => resolvePath(config, written) };
  return {
    ...(pipeline.outputs && { outputs: pipeline.outputs.map((output) => output(make)) }),
    ...(pipeline.dead_letter && { deadLetter: filePlan(pipeline.dead_letter, make) }),
  };
}

function onErrorPlan(onError: PipelineConfig['on_error']): OnErrorPlan {
  return typeof onError === 'string' ? { kind: onError } : { kind: 'default', data: onError.default };
}

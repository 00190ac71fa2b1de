import { formatPointer } from 'computo-js';
import type { Diagnostic } from '../diagnostic/index.js';
import type { Env } from '../env/index.js';
import { vendorsFor } from '../plan/vendors.js';
import { unknownProviders } from '../plan/unknown-providers.js';
import { loadSchema } from '../plan/schema-file.js';
import { kindOf } from '../schema/ai-providers.js';
import type { KeyPath, Kinds, StageInConfig } from '../kinds/index.js';
import type { PathBase } from '../load/resolve-path.js';
import type { ConfigText } from '../load/validate.js';
import { filledText } from './filled-text.js';
import { listedModels } from './listed-models.js';
import { stagesOf } from '../plan/script-sites.js';
import { diagnoseScript, requestMembers, type ScriptSource } from '../script/index.js';
import { diagnose, nodeAt, type SourceDocument, type SourceNode } from '../source/index.js';
import { isTemplate, namesModel, requestLiteral, type Literal } from '../plan/request-literal.js';

export interface AiStage {
  /** The path of its call settings. */
  readonly path: readonly string[];
  readonly node: SourceNode;
  readonly kind: StageInConfig;
}

/** Returns the script at a place of the config, if it could be read. */
export type ScriptAt = (pointer: string) => ScriptSource | undefined;

/** The literal text of a key in a stage's request; undefined if it is not a literal. */
export function literalOf(path: readonly string[], key: string, scriptAt: ScriptAt): Literal | undefined {
  const request = scriptAt(formatPointer([...path, 'request']));
  return request && requestLiteral(request, key);
}

/** The AI stages of a pipeline. Works however broken the rest is. */
export function aiStagesOf(path: KeyPath, pipeline: SourceNode, kinds: Kinds<StageInConfig>): AiStage[] {
  return stagesOf(path, pipeline, kinds).flatMap(({ path: stagePath, node: stage, kind }) => {
    if (kind?.callsAt === undefined) return [];
    const node = nodeAt(stage, formatPointer(kind.callsAt));
    return node === undefined ? [] : [{ path: [...stagePath, ...kind.callsAt], node, kind }];
  });
}

/**
 * The providers that may serve a stage: the one that its request names; else those that the stage names; else all, or the model's
 * vendor.
 */
export function serversOf(
  { document, env, kinds }: Pick<ConfigText, 'document' | 'env' | 'kinds'>,
  stage: AiStage,
  known: readonly string[],
  scriptAt: ScriptAt,
): readonly string[] {
  const only = literalOf(stage.path, 'provider', scriptAt);
  if (only !== undefined) return known.filter((name) => name === only.text);
  const named = stage.node.entries?.get('providers')?.node.items;
  if (named !== undefined) return named.flatMap(({ value }) => filledText(value, env) ?? []);
  if (document.vendors !== true) return known;
  const served = askedModels(stage, scriptAt).map((model) =>
    vendorsFor(document, stage.path, model, { env, vendors: kinds.vendors }),
  );
  return [...new Set(served.flatMap((one) => ('names' in one ? one.names : known)))];
}

/** Finds stages that name missing providers or schemas. */
export async function checkAiStages(
  { document, env, kinds }: Pick<ConfigText, 'document' | 'env' | 'kinds'>,
  base: PathBase,
  stages: readonly AiStage[],
  known: readonly string[],
  scriptAt: ScriptAt,
): Promise<Diagnostic[]> {
  const findings: Diagnostic[] = [];
  for (const stage of stages) {
    const named = stage.node.entries?.get('providers')?.node.items?.map(({ value }) => filledText(value, env));
    findings.push(...unknownProviders(document, stage.path, named, known));
    if (named === undefined && document.vendors === true) {
      for (const model of askedModels(stage, scriptAt)) {
        const served = vendorsFor(document, stage.path, model, { env, vendors: kinds.vendors });
        if ('problem' in served) findings.push(served.problem);
      }
    }
    findings.push(...modelBesideCascade(stage, scriptAt));
    findings.push(...unservedModels({ document, env, kinds }, stage, known, scriptAt));
    findings.push(...withoutVectors({ document, env, kinds }, stage, known, scriptAt));
    findings.push(...refusedMedia({ document, env, kinds }, stage, known, scriptAt));
    const schema = stage.node.entries?.get('schema')?.node;
    if (schema !== undefined)
      findings.push(...(await checkSchema(document, base, env, [...stage.path, 'schema'], schema)));
  }
  return [...findings, ...sameNames(document, stages)];
}

/** Reports a stage that asks for vectors if none of its providers has them. If several may serve, one that has them is enough. */
function withoutVectors(
  config: Pick<ConfigText, 'document' | 'env' | 'kinds'>,
  stage: AiStage,
  known: readonly string[],
  scriptAt: ScriptAt,
): readonly Diagnostic[] {
  if (stage.kind.asksFor !== 'vectors') return [];
  const { document, kinds } = config;
  const servers = serversOf(config, stage, known, scriptAt).filter((server) => known.includes(server));
  const lacking = servers.filter((server) => providerKind(document, kinds, server)?.embeddings === undefined);
  if (servers.length === 0 || lacking.length < servers.length) return [];
  const have = kinds.providers.all.flatMap(({ kind, embeddings }) => (embeddings === undefined ? [] : [kind]));
  const message = `no provider of this stage has embeddings: ${lacking.join(', ')}`;
  const finding = {
    severity: 'error',
    code: 'invalid-value',
    message,
    hint: `use one of kind ${have.join(', ')}`,
  } as const;
  return [diagnose(document, formatPointer(stage.path), finding, 'key')];
}

/** Finds pictures, documents and recordings that none of a stage's providers accepts. */
function refusedMedia(
  config: Pick<ConfigText, 'document' | 'env' | 'kinds'>,
  stage: AiStage,
  known: readonly string[],
  scriptAt: ScriptAt,
): readonly Diagnostic[] {
  const request = scriptAt(formatPointer([...stage.path, 'request']));
  if (request === undefined || !isTemplate(request)) return [];
  const { document, kinds } = config;
  const servers = serversOf(config, stage, known, scriptAt);
  return requestMembers(request.script).flatMap(({ key, value, path }) =>
    (stage.kind.literalMedia?.(key, value) ?? []).flatMap((media) => {
      const reasons = servers.map((server) => providerKind(document, kinds, server)?.refusesMedia?.(media));
      const [reason] = reasons;
      if (reason === undefined || reasons.includes(undefined)) return [];
      const message = `no provider of this stage takes this part: ${servers[0] ?? ''}: ${reason}`;
      const finding = { severity: 'error', code: 'invalid-value', message } as const;
      return [diagnoseScript(request, formatPointer([...path, ...media.path]), finding)];
    }),
  );
}

export function providerKind(
  document: SourceDocument,
  kinds: ConfigText['kinds'],
  server: string,
): ReturnType<typeof kindOf> | undefined {
  const kind = nodeAt(document.root, formatPointer(['ai_providers', server, 'kind']))?.value;
  return typeof kind === 'string' ? kinds.providers.get(kind) : kindOf(server, kinds.providers);
}

/** The models that a stage asks for, whatever the event; undefined: one that depends on it. */
function askedModels(stage: AiStage, scriptAt: ScriptAt): readonly (string | undefined)[] {
  const ofSteps = modelsOfSteps(stage).map(({ model }) => (model.includes('${') ? undefined : model));
  return ofSteps.length > 0 ? ofSteps : [askedModel(stage, scriptAt)];
}

/** The models of a stage's cascade as they are written, each with its place; none: it has no cascade. */
export function modelsOfSteps({
  path,
  node,
}: AiStage): readonly { readonly model: string; readonly path: readonly string[] }[] {
  return (node.entries?.get('cascade')?.node.items ?? []).flatMap(({ entries }, i) => {
    const model = entries?.get('model')?.node.value;
    return typeof model === 'string' ? [{ model, path: [...path, 'cascade', String(i), 'model'] }] : [];
  });
}

/** A script whose request names a model, where the steps of a cascade do. A map is the stage's own matter. */
function modelBesideCascade(stage: AiStage, scriptAt: ScriptAt): readonly Diagnostic[] {
  const request = scriptAt(formatPointer([...stage.path, 'request']));
  if (request === undefined || isTemplate(request) || !stage.node.entries?.has('cascade')) return [];
  const named = requestMembers(request.script).find(({ key }) => key === 'model');
  if (named === undefined) return [];
  const message = 'the request names a model, and the steps of the cascade are its models';
  const finding = { severity: 'error', code: 'invalid-value', message, hint: 'leave it out' } as const;
  return [diagnoseScript(request, formatPointer(named.path), finding)];
}

/** Models of a cascade that no provider of its stage lists, where all of them have a list. */
function unservedModels(
  config: Pick<ConfigText, 'document' | 'env' | 'kinds'>,
  stage: AiStage,
  known: readonly string[],
  scriptAt: ScriptAt,
): readonly Diagnostic[] {
  const { document, env, kinds } = config;
  const servers = serversOf(config, stage, known, scriptAt).filter((server) => known.includes(server));
  if (servers.length === 0 || document.vendors === true) return [];
  return modelsOfSteps(stage).flatMap(({ model: written, path }) => {
    const model = filledText(written, env);
    if (model === undefined || servers.some((server) => mayServe(document, env, kinds, server, model))) return [];
    const message = `no provider of this stage has the model ${JSON.stringify(model)}: ${servers.join(', ')}`;
    const hint = `name it under models of ai_providers.${servers[0] ?? ''}`;
    return [diagnose(document, formatPointer(path), { severity: 'error', code: 'invalid-value', message, hint })];
  });
}

/** As the provider itself decides: by its list, else by its vendor, and at another address it may serve anything. */
function mayServe(
  document: SourceDocument,
  env: Env,
  kinds: ConfigText['kinds'],
  server: string,
  model: string,
): boolean {
  const settings = nodeAt(document.root, formatPointer(['ai_providers', server]))?.entries;
  const listed = listedModels({ document, env }, server);
  if (listed.length > 0) return listed.some((one) => one.model === model);
  const kind = providerKind(document, kinds, server);
  return settings?.has('base_url') === true || kind === undefined || kind.knows(model);
}

/** The model that a stage asks for; undefined if it depends on the event. */
function askedModel({ path, node }: AiStage, scriptAt: ScriptAt): string | undefined {
  const literal = literalOf(path, 'model', scriptAt);
  const request = scriptAt(formatPointer([...path, 'request']));
  const model = node.entries?.get('model')?.node.value;
  if (literal !== undefined || (request !== undefined && namesModel(request))) return literal?.text;
  return typeof model === 'string' && !model.includes('${') ? model : undefined;
}

async function checkSchema(
  document: SourceDocument,
  base: PathBase,
  env: Env,
  path: readonly string[],
  { value }: SourceNode,
): Promise<readonly Diagnostic[]> {
  const schema = typeof value === 'string' ? filledText(value, env) : value;
  if (schema === undefined || schema === '') return [];
  const found = await loadSchema(document, base, schema, formatPointer(path));
  return 'schema' in found ? [] : found;
}

/** Reports repeated names, because the journal distinguishes a pipeline's AI stages by name. */
function sameNames(document: SourceDocument, stages: readonly AiStage[]): Diagnostic[] {
  const seen = new Set<string>();
  return stages.flatMap(({ path, node }) => {
    const name = node.entries?.get('name')?.node.value;
    if (typeof name !== 'string') return [];
    if (!seen.has(name)) {
      seen.add(name);
      return [];
    }
    const message = `another AI stage of this pipeline is named ${JSON.stringify(name)}`;
    const hint = 'answers are kept by the name of the stage: give each its own';
    return [
      diagnose(document, formatPointer([...path, 'name']), { severity: 'error', code: 'repeated-name', message, hint }),
    ];
  });
}

import { formatPointer } from 'computo-js';
import type { Diagnostic } from '../diagnostic/index.js';
import { type Env, filledText } from '../env/index.js';
import { togetherServed, vendorsFor, type Served } from '../plan/vendors.js';
import { unknownProviders } from '../plan/unknown-providers.js';
import { loadSchema } from '../plan/schema-file.js';
import { providerKind, servedProblems } from '../plan/served-problems.js';
import type { KeyPath, Kinds, StageInConfig } from '../kinds/index.js';
import type { PathBase } from '../load/resolve-path.js';
import type { ConfigText } from '../load/validate.js';
import { stagesOf } from '../plan/script-sites.js';
import { diagnoseScript, requestMembers, type ScriptSource } from '../script/index.js';
import { diagnose, nodeAt, type SourceDocument, type SourceNode } from '../source/index.js';
import { askedModel, isTemplate, providersOf, requestLiteral, type Literal } from '../plan/request-literal.js';

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
  config: Pick<ConfigText, 'document' | 'env' | 'kinds'>,
  stage: AiStage,
  known: readonly string[],
  scriptAt: ScriptAt,
): readonly string[] {
  const only = literalOf(stage.path, 'provider', scriptAt);
  if (only !== undefined) return known.filter((name) => name === only.text);
  const served = ofStage(config, stage, known, scriptAt);
  return 'names' in served ? served.names : known;
}

/** Those that serve the requests of a stage that name none. */
function ofStage(
  { document, env, kinds }: Pick<ConfigText, 'document' | 'env' | 'kinds'>,
  stage: AiStage,
  known: readonly string[],
  scriptAt: ScriptAt,
): Served {
  const named = stage.node.entries?.get('providers')?.node.items;
  if (named !== undefined) return { names: named.flatMap(({ value }) => filledText(value, env) ?? []) };
  if (document.vendors !== true) return { names: known };
  const served = askedModels(stage, env, scriptAt).map(({ model }) =>
    vendorsFor(document, stage.path, model, { env, vendors: kinds.vendors }),
  );
  return togetherServed(served);
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
    const served = ofStage({ document, env, kinds }, stage, known, scriptAt);
    if ('problem' in served) findings.push(served.problem);
    else if (named?.includes(undefined) !== true) {
      const servers = providersOf(scriptAt(formatPointer([...stage.path, 'request'])), served.names, known);
      for (const asked of askedModels(stage, env, scriptAt))
        findings.push(...servedProblems({ document, env, kinds }, stage.path, { ...asked, servers }));
    }
    findings.push(...modelBesideCascade(stage, scriptAt));
    findings.push(...withoutVectors({ document, env, kinds }, stage, known, scriptAt));
    findings.push(...refusedMedia({ document, env, kinds }, stage, known, scriptAt));
    const schema = stage.node.entries?.get('schema')?.node;
    if (schema !== undefined)
      findings.push(...(await checkSchema(document, base, env, [...stage.path, 'schema'], schema)));
  }
  return findings;
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
  const lacking = servers.filter((server) => providerKind({ document, kinds }, server)?.embeddings === undefined);
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
      const reasons = servers.map((server) => providerKind({ document, kinds }, server)?.refusesMedia?.(media));
      const [reason] = reasons;
      if (reason === undefined || reasons.includes(undefined)) return [];
      const message = `no provider of this stage takes this part: ${servers[0] ?? ''}: ${reason}`;
      const finding = { severity: 'error', code: 'invalid-value', message } as const;
      return [diagnoseScript(request, formatPointer([...path, ...media.path]), finding)];
    }),
  );
}

/** A model that a stage asks for; undefined: that depends on the event. Of a cascade, where it stands. */
interface AskedModel {
  readonly model: string | undefined;
  readonly place?: readonly string[];
}

/** The models that a stage asks for: those of its cascade, or its one. */
function askedModels(stage: AiStage, env: Env, scriptAt: ScriptAt): readonly AskedModel[] {
  const ofSteps = modelsOfSteps(stage).map(({ model, path }) => ({ model: filledText(model, env), place: path }));
  return ofSteps.length > 0 ? ofSteps : [{ model: modelOf(stage, env, scriptAt) }];
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

/** The model that a stage asks for, whatever the event. */
function modelOf({ path, node }: AiStage, env: Env, scriptAt: ScriptAt): string | undefined {
  const model = filledText(node.entries?.get('model')?.node.value ?? null, env);
  return askedModel(scriptAt(formatPointer([...path, 'request'])), model);
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

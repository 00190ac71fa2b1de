import { formatPointer, type Json } from 'computo-js';
import type { Diagnostic } from '../diagnostic/index.js';
import { filledText } from '../env/index.js';
import type { StageInConfig } from '../kinds/index.js';
import type { LoadedConfig } from '../load/load-config.js';
import type { ConfigText } from '../load/validate.js';
import { pipelinesOf } from '../plan/pipelines-of.js';
import { listedModels } from '../plan/listed-models.js';
import { ScriptResolver } from '../plan/script-resolver.js';
import { kindOf } from '../schema/ai-providers.js';
import { diagnoseScript, type ScriptSource } from '../script/index.js';
import { diagnose, nodeAt, type Finding } from '../source/index.js';
import { aiStagesOf, literalOf, modelsOfSteps, serversOf, type AiStage, type ScriptAt } from './ai-stages.js';

/** The parts of a provider that its prices depend on. */
export interface PricedProvider {
  readonly name: string;
  readonly kind: string;
  /** Undefined: the default of its kind, or not known before the run. */
  readonly baseUrl: string | undefined;
}

/** Whether the built-in price table knows a model. Passed in, because prices belong to another floor. */
export type IsPriced = (model: string, provider: PricedProvider, asksFor: StageInConfig['asksFor']) => boolean;

/** Finds models without a known price, in pipelines that have a budget. */
export function unpricedModels(
  config: Pick<ConfigText, 'document' | 'env' | 'kinds'>,
  known: readonly string[],
  isPriced: IsPriced,
  scriptAt: ScriptAt,
): Diagnostic[] {
  const { document, kinds } = config;
  const hasDailyBudget = nodeAt(document.root, '/cost_management/daily_budget') !== undefined;
  const findings = [...pipelinesOf(document)].flatMap(([name, { node }]) => {
    if (!hasDailyBudget && node.entries?.has('budget') !== true) return [];
    const stages = aiStagesOf(['pipelines', name], node, kinds.stages);
    return stages.flatMap((stage) => unpricedIn(config, stage, known, isPriced, scriptAt));
  });
  return onceEach(findings);
}

/**
 * Like {@link unpricedModels}, for a single pipeline that has a budget, wherever it is set.
 *
 * @throws ConfigError when one of its scripts can't be read
 */
export async function unpricedModelsOf(
  config: LoadedConfig,
  pipeline: string,
  isPriced: IsPriced,
): Promise<readonly Diagnostic[]> {
  const { document, kinds } = config;
  const node = pipelinesOf(document).get(pipeline)?.node;
  if (node === undefined) return [];
  const known = [...(nodeAt(document.root, '/ai_providers')?.entries?.keys() ?? [])];
  const stages = aiStagesOf(['pipelines', pipeline], node, kinds.stages);
  const resolver = new ScriptResolver(document, config);
  const scripts = new Map<string, ScriptSource | undefined>();
  for (const stage of stages) {
    const path = [...stage.path, 'request'];
    const request = stage.node.entries?.get('request')?.node;
    if (request !== undefined) scripts.set(formatPointer(path), await resolver.resolve(path, request));
  }
  const scriptAt: ScriptAt = (pointer) => scripts.get(pointer);
  return onceEach(stages.flatMap((stage) => unpricedIn(config, stage, known, isPriced, scriptAt)));
}

function onceEach(findings: readonly Diagnostic[]): Diagnostic[] {
  const byPlace = findings.map((finding): [string, Diagnostic] => {
    const { file, line, column, pointer = '', message } = finding;
    return [`${file}:${line}:${column} ${pointer} ${message}`, finding];
  });
  return [...new Map(byPlace).values()];
}

/** @param known the names of all providers */
function unpricedIn(
  config: Pick<ConfigText, 'document' | 'env' | 'kinds'>,
  stage: AiStage,
  known: readonly string[],
  isPriced: IsPriced,
  scriptAt: ScriptAt,
): Diagnostic[] {
  const asked = serversOf(config, stage, known, scriptAt).flatMap((server) =>
    modelsOf(config, server, stage, scriptAt).map((one) => ({
      ...one,
      server,
      priced:
        hasPrice(config, server, one) ||
        isPriced(one.as ?? one.model, pricedProvider(config, server), stage.kind.asksFor),
    })),
  );
  return asked
    .filter(({ model, priced, listed }) => {
      // A provider that does not list the model need not serve it: it is skipped if another provider has a price for the model.
      return !priced && (listed || !asked.some((other) => other.priced && other.model === model));
    })
    .map(({ model, place, server }) => place(unpriced(model, server)));
}

function unpriced(model: string, provider: string): Finding {
  const message = `no price is known for model ${JSON.stringify(model)} of provider ${JSON.stringify(provider)}, and there is a budget to keep`;
  const hint = `set cost_per_token for it under ai_providers.${provider}`;
  return { severity: 'error', code: 'unpriced-model', message, hint };
}

function pricedProvider(
  { document, env, kinds }: Pick<ConfigText, 'document' | 'env' | 'kinds'>,
  name: string,
): PricedProvider {
  const textAt = (key: string): string | undefined =>
    filledText(nodeAt(document.root, formatPointer(['ai_providers', name, key]))?.value ?? null, env);
  return { name, kind: textAt('kind') ?? kindOf(name, kinds.providers).kind, baseUrl: textAt('base_url') };
}

/** A model that a stage asks a provider for, and the place in the config that says so. */
interface AskedModel {
  readonly model: string;
  /** The provider's name for the model, if it differs. */
  readonly as?: string | undefined;
  readonly place: (finding: Finding) => Diagnostic;
  readonly listed: boolean;
}

/** The models that a stage may ask a provider for, as far as the config says. */
function modelsOf(
  { document, env }: Pick<ConfigText, 'document' | 'env'>,
  provider: string,
  stage: AiStage,
  scriptAt: ScriptAt,
): AskedModel[] {
  const { path, node } = stage;
  const ofSteps = modelsOfSteps(stage);
  const asked = ofSteps.length > 0 ? undefined : literalOf(path, 'model', scriptAt);
  const written = node.entries?.get('model')?.node.value ?? null;
  const steps: readonly { readonly model: Json; readonly path: readonly string[] }[] =
    ofSteps.length > 0 ? ofSteps : [{ model: written, path: [...path, 'model'] }];
  const listPath = ['ai_providers', provider, 'models'];
  const listed = listedModels({ document, env }, provider).map(({ key, model: name, node: settings }) => ({
    model: name,
    as: filledText(settings?.entries?.get('as')?.node.value ?? null, env),
    place: (finding: Finding) => diagnose(document, formatPointer([...listPath, key]), finding, 'key'),
    listed: true,
  }));
  return steps.flatMap(({ model: text, path: at }): readonly AskedModel[] => {
    const model = asked?.text ?? filledText(text, env);
    if (model === undefined) return listed;
    if (listed.length > 0) return listed.filter((entry) => entry.model === model);
    const place = (finding: Finding): Diagnostic =>
      asked === undefined
        ? diagnose(document, formatPointer(at), finding)
        : diagnoseScript(asked.script, asked.path, finding);
    return [{ model, place, listed: false }];
  });
}

/** Whether the config has a price: for the requested name, or else for the provider's name. */
function hasPrice(
  config: Pick<ConfigText, 'document' | 'env'>,
  provider: string,
  { model, as }: Pick<AskedModel, 'model' | 'as'>,
): boolean {
  if (nodeAt(config.document.root, formatPointer(['ai_providers', provider, 'cost_per_token'])) !== undefined)
    return true;
  return listedModels(config, provider).some(
    (one) => (one.model === model || one.model === as) && one.node?.entries?.has('cost_per_token') === true,
  );
}

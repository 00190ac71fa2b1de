import { formatPointer } from 'computo-js';
import { didYouMean, type Diagnostic } from '../diagnostic/index.js';
import type { ProviderInConfig } from '../kinds/index.js';
import type { ConfigText } from '../load/validate.js';
import { kindOf } from '../schema/ai-providers.js';
import { diagnose, nodeAt } from '../source/index.js';
import { listedModels } from './listed-models.js';

type ConfigParts = Pick<ConfigText, 'document' | 'env' | 'kinds'>;

/** Whom a stage asks, and for what. */
export interface Asked {
  /** Undefined: that depends on the event. */
  readonly model: string | undefined;
  /** Names of the providers that may serve it. */
  readonly servers: readonly string[];
  /** Where the model stands as a step of a cascade. */
  readonly place?: readonly string[];
}

/**
 * Models that nobody serves, and outcomes that are to go to another provider where there is none.
 *
 * @param path of the settings of the stage's calls
 */
export function servedProblems(config: ConfigParts, path: readonly string[], asked: Asked): readonly Diagnostic[] {
  const { document } = config;
  const { model } = asked;
  const known = [...new Set(asked.servers)].filter((name) => providerAt(config, name) !== undefined);
  // Names of providers that are not there are told of elsewhere.
  if (known.length < new Set(asked.servers).size || known.length === 0) return [];
  const servers = model === undefined ? known : known.filter((name) => mayServe(config, name, model));
  if (model !== undefined && servers.length === 0) {
    const listed = known.flatMap((name) => listedModels(config, name).map((one) => one.model));
    const hint =
      didYouMean(model, listed) ??
      (listed.length === 0
        ? 'another name of it stands under models of a provider: { name, as }'
        : `models: ${[...new Set(listed)].slice(0, MODELS_SHOWN_MAX).join(', ')}`);
    const message = `no provider of this stage serves the model ${JSON.stringify(model)}: ${known.join(', ')}`;
    const places = [
      ...(asked.place === undefined ? [] : [asked.place]),
      [...path, 'request', 'model'],
      [...path, 'model'],
    ].map(formatPointer);
    const pointer = places.find((place) => nodeAt(document.root, place) !== undefined) ?? formatPointer(path);
    const part = places.includes(pointer) ? 'value' : 'key';
    return [diagnose(document, pointer, { severity: 'error', code: 'unknown-model', message, hint }, part)];
  }
  // The next step of a cascade is asked, too.
  if (asked.place !== undefined) return [];
  const [only, second] = servers;
  const pointer = formatPointer([...path, 'fallback_on']);
  if (only === undefined || second !== undefined || nodeAt(document.root, pointer) === undefined) return [];
  const message = `fallback_on asks another provider, and only ${only} serves this stage`;
  const hint = 'name a second one under providers and ai_providers, or remove it';
  return [diagnose(document, pointer, { severity: 'warning', code: 'invalid-value', message, hint }, 'key')];
}

const MODELS_SHOWN_MAX = 8;

/** The kind of a provider of the config; undefined: it has none that is known. */
export function providerKind(
  { document, kinds }: Pick<ConfigParts, 'document' | 'kinds'>,
  name: string,
): ProviderInConfig | undefined {
  const kind = nodeAt(document.root, formatPointer(['ai_providers', name, 'kind']))?.value;
  return typeof kind === 'string' ? kinds.providers.get(kind) : kindOf(name, kinds.providers);
}

function providerAt({ document }: ConfigParts, name: string): unknown {
  return nodeAt(document.root, formatPointer(['ai_providers', name]));
}

/** Whether a provider has a model, as far as the config tells. */
function mayServe(config: ConfigParts, name: string, model: string): boolean {
  const models = nodeAt(config.document.root, formatPointer(['ai_providers', name, 'models']));
  if (models === undefined) {
    const isElsewhere = nodeAt(config.document.root, formatPointer(['ai_providers', name, 'base_url'])) !== undefined;
    return isElsewhere || providerKind(config, name)?.knows(model) !== false;
  }
  const listed = listedModels(config, name);
  const written = models.items?.length ?? models.entries?.size ?? 0;
  // What depends on a variable that is not set can be any.
  return listed.length < written || written === 0 || listed.some((one) => one.model === model);
}

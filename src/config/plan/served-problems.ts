import { formatPointer } from 'computo-js';
import { didYouMean, type Diagnostic } from '../diagnostic/index.js';
import type { ProviderInConfig } from '../kinds/index.js';
import type { ConfigText } from '../load/validate.js';
import { kindOf } from '../schema/ai-providers.js';
import { diagnose, nodeAt } from '../source/index.js';
import { listedModels } from './listed-models.js';

type ConfigParts = Pick<ConfigText, 'document' | 'env' | 'kinds'>;

/** Which providers a stage asks, and for which model. */
export interface Asked {
  /** Undefined: the model depends on the event. */
  readonly model: string | undefined;
  /** The names of the providers that may serve the model. */
  readonly servers: readonly string[];
  /** For a step of a cascade, the place of its model. */
  readonly place?: readonly string[];
}

/**
 * Finds models that no provider serves, and outcomes that should fall back to another provider although there is none.
 *
 * @param path of the settings of the stage's calls
 */
export function servedProblems(config: ConfigParts, path: readonly string[], asked: Asked): readonly Diagnostic[] {
  const { document } = config;
  const { model } = asked;
  const known = [...new Set(asked.servers)].filter((name) => providerAt(config, name) !== undefined);
  // Unknown provider names are reported elsewhere.
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
  // A fallback may also go to the next step of the cascade.
  if (asked.place !== undefined) return [];
  const [only, second] = servers;
  const pointer = formatPointer([...path, 'fallback_on']);
  if (only === undefined || second !== undefined || nodeAt(document.root, pointer) === undefined) return [];
  const message = `fallback_on asks another provider, and only ${only} serves this stage`;
  const hint = 'name a second one under providers and ai_providers, or remove it';
  return [diagnose(document, pointer, { severity: 'warning', code: 'invalid-value', message, hint }, 'key')];
}

const MODELS_SHOWN_MAX = 8;

/** Returns the kind of a provider of the config; undefined if it is unknown. */
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

/** Whether a provider may have a model, as far as the config shows. */
function mayServe(config: ConfigParts, name: string, model: string): boolean {
  const models = nodeAt(config.document.root, formatPointer(['ai_providers', name, 'models']));
  if (models === undefined) {
    const isElsewhere = nodeAt(config.document.root, formatPointer(['ai_providers', name, 'base_url'])) !== undefined;
    return isElsewhere || providerKind(config, name)?.knows(model) !== false;
  }
  const listed = listedModels(config, name);
  const written = models.items?.length ?? models.entries?.size ?? 0;
  // A name that depends on an unset variable may be any name.
  return listed.length < written || written === 0 || listed.some((one) => one.model === model);
}

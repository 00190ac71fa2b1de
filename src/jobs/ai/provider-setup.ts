import type { ApiKey, LaneOptions } from '../../ai/index.js';
import { formatPointer } from 'computo-js';
import {
  ConfigError,
  repeatedKeys,
  resolveSecret,
  useProvider,
  type LoadedConfig,
  type ProviderConfig,
  type Secret,
  type SecretRef,
} from '../../config/index.js';
import { diagnose } from '../../config/source/index.js';
import { providerNetwork } from './provider-network.js';

/**
 * Sets up a provider of the config for the AI floor. A single key is fetched once, when the first call needs it; several keys are
 * fetched at once, to compare them.
 *
 * @param purpose only to `send`, keys are needed; to `test`, each is one that is none
 * @throws ConfigError when a variable that the provider needs is not set, a required key is missing, a key is given twice, or the
 *   network settings are wrong
 */
export async function providerSetup(
  config: LoadedConfig,
  name: string,
  purpose: 'send' | 'look' | 'test',
): Promise<LaneOptions> {
  const readOnly = purpose !== 'send';
  const provider = useProvider(config, name, readOnly);
  const { timeouts, circuit_breaker: breaker, retry, api_key: key, api_keys: keys = key && [key] } = provider;
  const needsKey = config.kinds.providers.of(provider).needsKey || config.document.vendors === true;
  if (keys === undefined && !readOnly && needsKey) throw noKey(config, provider);
  const apiKeys =
    purpose === 'send'
      ? keys?.map(fetchedOnce)
      : purpose === 'look'
        ? [NO_KEY]
        : Array<ApiKey>(provider.lanes).fill(TEST_KEY);
  if (apiKeys !== undefined && apiKeys.length > 1) await refuseRepeated(config, name, apiKeys);
  return {
    name,
    kind: provider.kind,
    apiKeys,
    baseUrl: provider.base_url,
    models: provider.models,
    cost_per_token: provider.cost_per_token,
    rate_limit: provider.rate_limit,
    maxConcurrency: provider.max_concurrency,
    timeouts: {
      connectMs: timeouts.connect,
      firstByteMs: timeouts.first_byte,
      idleMs: timeouts.idle,
      totalMs: timeouts.total,
    },
    stream: provider.stream,
    ...(!readOnly && { network: providerNetwork(config, provider) }),
    breaker: { threshold: breaker.threshold, openForMs: breaker.open_for },
    retry: {
      attemptsMax: retry.max_attempts,
      baseDelayMs: retry.base_delay,
      delayMsMax: retry.max_delay,
      retryAfterMsMax: retry.max_retry_after,
    },
    headers: provider.headers,
    query: provider.query,
  };
}

function fetchedOnce(ref: SecretRef): ApiKey {
  let secret: Promise<Secret> | undefined;
  return { reveal: async () => (await (secret ??= resolveSecret(ref))).reveal() };
}

/** Compares only the keys that can be read: the lane of any other key reports the failure when it needs the key. */
async function refuseRepeated({ document }: LoadedConfig, name: string, keys: readonly ApiKey[]): Promise<void> {
  const texts = await Promise.all(keys.map(async (key) => await Promise.resolve(key.reveal()).catch(() => undefined)));
  const problems = repeatedKeys(document, name, texts);
  if (problems.length > 0) throw new ConfigError(problems);
}

/** Takes the place of each key where a transport stands in for the network. */
const TEST_KEY: ApiKey = { reveal: () => 'no-key-of-a-provider' };

const NO_KEY: ApiKey = { reveal: () => Promise.reject(new Error('nothing is sent without a key')) };

/** Only a server of your own can do without a key. */
function noKey({ document, kinds }: LoadedConfig, { name, kind }: ProviderConfig): ConfigError {
  const vendor = document.vendors === true ? kinds.vendors.find((one) => one.name === name) : undefined;
  if (vendor !== undefined) {
    const message = `the AI provider ${name} needs a key`;
    const hint = `set ${vendor.keys.join(' or ')}, or name a provider under ai_providers; with --prompt, --base-url names a server of your own`;
    return new ConfigError([diagnose(document, '', { severity: 'error', code: 'missing-key', message, hint }, 'key')]);
  }
  const finding = {
    severity: 'error',
    code: 'missing-key',
    message: `ai_providers.${name}: missing: a provider of kind ${kind} needs an api_key`,
    hint: `add api_key: \${${kind.toUpperCase()}_API_KEY}, or { file: … }, or { command: … }`,
  } as const;
  return new ConfigError([diagnose(document, formatPointer(['ai_providers', name]), finding, 'key')]);
}

import type { LaneOptions } from '../../ai/index.js';
import { formatPointer } from 'computo-js';
import {
  ConfigError,
  resolveSecret,
  useProvider,
  type LoadedConfig,
  type ProviderConfig,
  type Secret,
} from '../../config/index.js';
import { diagnose } from '../../config/source/index.js';
import { providerNetwork } from './provider-network.js';

/**
 * A provider of the config as the AI floor takes it. Its key is fetched when the first call needs it, and once.
 *
 * @param forLook nothing will be sent: no key is needed
 * @throws ConfigError when a variable that it needs is not set, it has no key and can't do without, or the way to it is set wrong
 */
export function providerSetup(config: LoadedConfig, name: string, forLook: boolean): LaneOptions {
  const provider = useProvider(config, name, forLook);
  const { timeouts, circuit_breaker: breaker, retry, api_key: key } = provider;
  const needsKey = config.kinds.providers.of(provider).needsKey || config.document.vendors === true;
  if (key === undefined && !forLook && needsKey) throw noKey(config, provider);
  let secret: Promise<Secret> | undefined;
  return {
    name,
    kind: provider.kind,
    apiKey: forLook ? NO_KEY : key && { reveal: async () => (await (secret ??= resolveSecret(key))).reveal() },
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
    ...(!forLook && { network: providerNetwork(config, provider) }),
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

const NO_KEY = { reveal: () => Promise.reject(new Error('nothing is sent without a key')) };

/** Only servers of one's own let anybody in. */
function noKey({ document, kinds }: LoadedConfig, { name, kind }: ProviderConfig): ConfigError {
  const vendor = document.vendors === true ? kinds.vendors.find((one) => one.name === name) : undefined;
  if (vendor !== undefined) {
    const message = `the AI provider ${name} needs a key`;
    const hint = `set ${vendor.keys.join(' or ')}, or name a provider under ai_providers`;
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

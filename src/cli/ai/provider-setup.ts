import type { ProviderSetup } from '../../ai/index.js';
import { resolveSecret, useProvider, type LoadedConfig, type Secret } from '../../config/index.js';

/**
 * A provider of the config as the AI floor takes it. Its key is fetched when the first call needs it, and once.
 *
 * @throws ConfigError when a variable that it needs is not set
 */
export function providerSetup(config: LoadedConfig, name: string): ProviderSetup {
  const provider = useProvider(config, name);
  const { timeouts, circuit_breaker: breaker, retry, api_key: key } = provider;
  let secret: Promise<Secret> | undefined;
  return {
    name,
    kind: provider.kind,
    apiKey: key && { reveal: async () => (await (secret ??= resolveSecret(key))).reveal() },
    baseUrl: provider.base_url,
    models: provider.models,
    cost_per_token: provider.cost_per_token,
    rate_limit: provider.rate_limit,
    maxConcurrency: provider.max_concurrency,
    timeouts: { connectMs: timeouts.connect, firstByteMs: timeouts.first_byte, totalMs: timeouts.total },
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

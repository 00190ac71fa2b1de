import { readFileSync } from 'node:fs';
import { formatPointer } from 'computo-js';
import { proxyFor, type LaneOptions } from '../../ai/index.js';
import { ConfigError, type LoadedConfig, type ProviderConfig } from '../../config/index.js';
import { diagnose } from '../../config/source/index.js';

/**
 * The network settings of a provider: its own proxy, or else that of the environment, and the certificates to trust.
 *
 * @throws ConfigError when the certificates can't be read, or the environment's proxy is not valid
 */
export function providerNetwork(config: LoadedConfig, provider: ProviderConfig): LaneOptions['network'] {
  const { ca, proxy } = provider;
  const address = provider.base_url ?? config.kinds.providers.of(provider).baseUrl;
  return {
    proxy: proxy ?? (address === undefined ? undefined : environmentsProxy(config, provider, address)),
    ca: ca === undefined ? undefined : certificates(config, provider, ca),
  };
}

function environmentsProxy(config: LoadedConfig, provider: ProviderConfig, address: string): string | undefined {
  try {
    return proxyFor(address, config.env);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw refusal(config, [provider.name], 'invalid-value', error.message, 'write http://HOST:PORT');
  }
}

function certificates(config: LoadedConfig, { name }: ProviderConfig, path: string): string {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    const kind = code === 'ENOENT' ? 'file-not-found' : 'file-unreadable';
    throw refusal(config, [name, 'ca'], kind, `cannot read ${path} (${code})`);
  }
  if (!text.includes('-----BEGIN CERTIFICATE-----'))
    throw refusal(config, [name, 'ca'], 'invalid-value', `${path} has no certificate in PEM form`);
  return text;
}

function refusal(
  { document }: LoadedConfig,
  path: readonly string[],
  code: 'invalid-value' | 'file-not-found' | 'file-unreadable',
  problem: string,
  hint?: string,
): ConfigError {
  const message = `ai_providers.${path.join('.')}: ${problem}`;
  const finding = { severity: 'error', code, message, ...(hint !== undefined && { hint }) } as const;
  return new ConfigError([diagnose(document, formatPointer(['ai_providers', ...path]), finding, 'value')]);
}

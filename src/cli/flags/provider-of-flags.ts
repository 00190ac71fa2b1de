import type { LoadedConfig } from '../../config/index.js';

/** The name of the provider that `--base-url` stands for. */
export const PROVIDER_OF_FLAGS = 'base-url';

/**
 * Returns the config with one provider, the server at an address.
 *
 * @param apiKeyEnv the name of the environment variable with its key; undefined: it wants none
 */
export async function withProviderOfFlags(
  config: LoadedConfig,
  baseUrl: string,
  apiKeyEnv: string | undefined,
): Promise<LoadedConfig> {
  const { withSection } = await import('../../config/index.js');
  const provider = {
    kind: 'openai-compatible',
    base_url: baseUrl,
    ...(apiKeyEnv !== undefined && { api_key: `\${${apiKeyEnv}}` }),
  };
  const document = withSection(config.document, 'ai_providers', { [PROVIDER_OF_FLAGS]: provider });
  return { ...config, document: { ...document, vendors: undefined } };
}

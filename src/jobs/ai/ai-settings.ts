import { useSection, SecretError, type LoadedConfig } from '../../config/index.js';
import type { PipelineSpec } from '../../pipeline/index.js';
import { digest } from '../fingerprint.js';
import type { AiSettings } from '../serve-plan.js';
import { providersOf } from './open-client.js';
import { providerSetup } from './provider-setup.js';

/**
 * Reads the settings of a config that the AI stages of some pipelines depend on, with the keys as they are now.
 *
 * @returns undefined without AI stages
 * @throws ConfigError as when the AI client is opened
 */
export async function aiSettings(
  config: LoadedConfig,
  specs: readonly PipelineSpec[],
): Promise<AiSettings | undefined> {
  const names = [...new Set(specs.flatMap(providersOf))];
  if (names.length === 0) return undefined;
  const unreadable: string[] = [];
  const providers: unknown[] = [];
  for (const name of names) {
    const { apiKeys = [], ...rest } = await providerSetup(config, name, 'send');
    const keys: (string | undefined)[] = [];
    for (const key of apiKeys) {
      try {
        keys.push(digest(await key.reveal()));
      } catch (error) {
        if (!(error instanceof SecretError)) throw error;
        keys.push(undefined);
        unreadable.push(`ai_providers.${name}: ${error.message}`);
      }
    }
    providers.push({ ...rest, keys });
  }
  const budget = useSection(config, 'cost_management');
  const journal = useSection(config, 'journal');
  return { values: { budget, journal, wait: useSection(config, 'provider_wait'), providers }, unreadable };
}

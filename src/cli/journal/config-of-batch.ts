import { isAbsolute } from 'node:path';
import type { BatchRecord } from '../../ai/index.js';
import { providerNames, type LoadedConfig } from '../../config/index.js';
import { EXIT } from '../exit/exit-codes.js';
import { UserError } from '../exit/user-error.js';
import { findConfigOrBare } from '../flags/find-config.js';
import { PROVIDER_OF_FLAGS, withProviderOfFlags } from '../flags/provider-of-flags.js';
import type { JournalBatchesFlags } from './flags.js';

/**
 * Returns a config that has the provider of a batch: the one that is found, or for a batch of `--base-url` one with that server.
 *
 * @throws ConfigError; UserError if the config has no such provider
 */
export async function configOfBatch(
  { id, provider, baseUrl }: BatchRecord,
  flags: JournalBatchesFlags,
): Promise<LoadedConfig> {
  const config = await findConfigOrBare(flags, 'data only');
  const { apiKeyEnv } = flags;
  const isNamed = providerNames(config).includes(provider);
  if (provider === PROVIDER_OF_FLAGS && !isNamed) return await withProviderOfFlags(config, baseUrl, apiKeyEnv);
  if (apiKeyEnv !== undefined) {
    const message = `--api-key-env is for batches of --base-url, and ${id} is of the provider ${provider}`;
    throw new UserError(message, EXIT.usage, 'leave it out: the key is where the run got it from');
  }
  if (isNamed) return config;
  const where = isAbsolute(config.file) ? `${config.file} does not name` : 'no config names';
  throw new UserError(
    `batch ${id} is of the provider ${provider}, which ${where}`,
    EXIT.usage,
    'name the config with -c',
  );
}

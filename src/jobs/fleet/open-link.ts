import { readFile } from 'node:fs/promises';
import { resolveSecret, SecretError, useSection, type LoadedConfig } from '../../config/index.js';
import { connectNats, type NatsLink, type NatsOptions } from '../../nats/index.js';
import { JobError } from '../job-error.js';

/**
 * Connects to the NATS server that the config names.
 *
 * @param urls used instead of the config's
 * @throws NatsUnavailableError when the server is unavailable or refuses us; JobError, ConfigError
 */
export async function openLink(config: LoadedConfig, urls?: readonly string[]): Promise<NatsLink> {
  return await connectNats(await natsOptions(config, urls), Date.now);
}

async function natsOptions(config: LoadedConfig, urls: readonly string[] | undefined): Promise<NatsOptions> {
  const { url, credentials, nkey, token, user, password, tls } = useSection(config, 'nats');
  const reveal = async (ref: typeof nkey): Promise<string | undefined> => ref && (await resolveSecret(ref)).reveal();
  try {
    return {
      urls: urls ?? url,
      name: 'colloquium',
      credentials: credentials === undefined ? undefined : await readFile(credentials, 'utf8'),
      nkey: await reveal(nkey),
      token: await reveal(token),
      user,
      password: await reveal(password),
      tls,
    };
  } catch (error) {
    if (error instanceof SecretError || (error instanceof Error && 'syscall' in error)) {
      throw new JobError(`nats: ${error.message}`, 'invalid');
    }
    throw error;
  }
}

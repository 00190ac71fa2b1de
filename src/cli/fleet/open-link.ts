import { readFile } from 'node:fs/promises';
import { resolveSecret, SecretError, useSection, type LoadedConfig } from '../../config/index.js';
import { connectNats, NatsUnavailableError, type NatsLink, type NatsOptions } from '../../nats/index.js';
import { EXIT } from '../exit-codes.js';
import { UserError } from '../user-error.js';

/**
 * Connects to the NATS server that the config names.
 *
 * @param urls instead of the config's
 * @throws UserError when there is none, or it rejects our credentials; ConfigError
 */
export async function openLink(config: LoadedConfig, urls?: readonly string[]): Promise<NatsLink> {
  try {
    return await tryLink(config, urls);
  } catch (error) {
    throw error instanceof NatsUnavailableError ? unavailable(error) : error;
  }
}

/** The same for who can wait for the server. @throws NatsUnavailableError; UserError, ConfigError */
export async function tryLink(config: LoadedConfig, urls?: readonly string[]): Promise<NatsLink> {
  return await connectNats(await natsOptions(config, urls), Date.now);
}

/** What ends a command that can't go on without the server. */
export function unavailable({ message, advice }: NatsUnavailableError): UserError {
  return new UserError(message, EXIT.providersDown, advice);
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
      throw new UserError(`nats: ${error.message}`, EXIT.invalid);
    }
    throw error;
  }
}

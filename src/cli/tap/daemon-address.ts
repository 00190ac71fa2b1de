import { loadConfig, resolveSecret, SecretError, useSection, type LoadedConfig } from '../../config/index.js';
import type { TapFlags } from './flags.js';
import { EXIT } from '../exit-codes.js';
import { serverAddress } from '../server-address.js';
import { UserError } from '../user-error.js';

/** Where a daemon listens, and what it asks for. */
export interface DaemonAddress {
  /** Its root. */
  readonly url: URL;
  readonly token: string | undefined;
  /** Undefined where an address alone was given. */
  readonly config: LoadedConfig | undefined;
}

type AddressFlags = Pick<TapFlags, 'config' | 'url' | 'tokenFile'>;

/**
 * From flags, config and environment to a daemon. A config's token is never sent to another address than the config's, unless
 * both are named.
 *
 * @throws UserError, ConfigError
 */
export async function findDaemon(flags: AddressFlags): Promise<DaemonAddress> {
  const config = flags.url === undefined || flags.config !== undefined ? await configFor(flags) : undefined;
  const server = config && useSection(config, 'server');
  const url = flags.url === undefined ? addressOf(server) : parseAddress(flags.url);
  const { COLLOQUIUM_TOKEN: fromEnvironment } = process.env;
  if (flags.tokenFile !== undefined) {
    return { url, config, token: await secret({ kind: 'file', path: flags.tokenFile }, '--token-file') };
  }
  if (fromEnvironment !== undefined && fromEnvironment !== '') return { url, config, token: fromEnvironment };
  const [ref] = server?.tokens ?? [];
  return { url, config, token: ref && (await secret(ref, 'server.tokens')) };
}

async function configFor({ config: path }: AddressFlags): Promise<LoadedConfig> {
  const { HOME: home = '/' } = process.env;
  const options = { cwd: process.cwd(), env: process.env, home };
  const config = await loadConfig(path === undefined ? options : { ...options, path });
  if (config !== undefined) return config;
  throw new UserError('which daemon? no config is found here', EXIT.usage, 'name one with -c FILE, or give --url');
}

function addressOf(server: ReturnType<typeof useSection<'server'>> | undefined): URL {
  const address = serverAddress(server ?? { host: '127.0.0.1', port: 8080 });
  if (address !== undefined) return address;
  throw new UserError('the config lets the daemon take any free port', EXIT.usage, 'give --url, as serve says it');
}

function parseAddress(text: string): URL {
  const full = text.includes('://') ? text : `http://${text}`;
  if (/^https?:/i.test(full) && URL.canParse(full)) return new URL(full);
  throw new UserError(`${JSON.stringify(text)} is no address`, EXIT.usage, 'write it like http://localhost:8080');
}

async function secret(ref: Parameters<typeof resolveSecret>[0], where: string): Promise<string> {
  try {
    return (await resolveSecret(ref)).reveal();
  } catch (error) {
    if (error instanceof SecretError) throw new UserError(`${where}: ${error.message}`, EXIT.usage);
    throw error;
  }
}

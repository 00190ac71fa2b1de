import { hostname, networkInterfaces } from 'node:os';
import { useSection, type LoadedConfig } from '../../config/index.js';
import type { TapFlags } from './flags.js';
import { EXIT } from '../exit/exit-codes.js';
import { serverAddress } from '../deploy/server-address.js';
import { isLoopback } from '../../config/units/index.js';
import { findConfig } from '../flags/find-config.js';
import { revealed } from '../exit/revealed.js';
import { UserError } from '../exit/user-error.js';

/** Where a daemon listens, and the token that it requires. */
export interface DaemonAddress {
  /** The root of the daemon's URLs. */
  readonly url: URL;
  readonly token: string | undefined;
  /** Undefined if only an address was given. */
  readonly config: LoadedConfig | undefined;
}

type AddressFlags = Pick<TapFlags, 'config' | 'url' | 'tokenFile' | 'verbose'>;

/**
 * Finds a daemon from flags, config and environment. A config's token is only sent to the config's own address, unless both are
 * named; a given token goes to another machine only if the address, or the config that has it, is named; no token goes to another
 * machine unencrypted.
 *
 * @throws UserError, ConfigError
 */
export async function findDaemon(flags: AddressFlags): Promise<DaemonAddress> {
  const config = flags.url === undefined || flags.config !== undefined ? await configFor(flags) : undefined;
  const server = config && useSection(config, 'server');
  const url = flags.url === undefined ? addressOf(server) : parseAddress(flags.url);
  const { COLLOQUIUM_TOKEN: fromEnvironment } = process.env;
  const isNamed = flags.url !== undefined || flags.config !== undefined;
  if (flags.tokenFile !== undefined) {
    refuseToSend('the token of --token-file', url, isNamed);
    return { url, config, token: await revealed({ kind: 'file', path: flags.tokenFile }, '--token-file', EXIT.usage) };
  }
  if (fromEnvironment !== undefined && fromEnvironment !== '') {
    refuseToSend('the token of COLLOQUIUM_TOKEN', url, isNamed);
    return { url, config, token: fromEnvironment };
  }
  const [ref] = server?.tokens ?? [];
  if (ref === undefined) return { url, config, token: undefined };
  refuseToSend('the token of server.tokens', url, true);
  return { url, config, token: await revealed(ref, 'server.tokens', EXIT.usage) };
}

/** @param isNamed whether the address, or the config that has it, was typed */
function refuseToSend(what: string, { protocol, hostname: host, origin }: URL, isNamed: boolean): void {
  if (isThisMachine(host)) return;
  if (protocol === 'http:') {
    const hint = 'use https, or a tunnel to an address of this machine';
    throw new UserError(`${what} is not sent to ${origin}: everybody on the way could read it`, EXIT.usage, hint);
  }
  if (isNamed) return;
  throw new UserError(
    `${what} is not sent to ${origin}, which stands in a config that was only found`,
    EXIT.usage,
    'name the address with --url, or the config with -c',
  );
}

/** Whether data sent to a host, by its name in a URL, stays on this machine. */
function isThisMachine(host: string): boolean {
  const name = host.replace(/^\[|\]$/g, '');
  if (isLoopback(name) || name === hostname().toLowerCase()) return true;
  return Object.values(networkInterfaces()).some((addresses) => addresses?.some(({ address }) => address === name));
}

async function configFor(flags: AddressFlags): Promise<LoadedConfig> {
  const config = await findConfig(flags, 'data only');
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
  throw new UserError(`${JSON.stringify(text)} is not an address`, EXIT.usage, 'write it like http://localhost:8080');
}

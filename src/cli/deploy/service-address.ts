import { useSection } from '../../config/index.js';
import { EXIT } from '../exit/exit-codes.js';
import { findConfig, type ConfigFlags } from '../flags/find-config.js';
import { serverAddress } from './server-address.js';
import { UserError } from '../exit/user-error.js';

/** Where a daemon answers if its config does not say otherwise. */
const DEFAULT = new URL('http://127.0.0.1:8080');

/**
 * Where the daemon will answer on its own machine, according to the config that is found here or named.
 *
 * @throws UserError if the port differs at each start; ConfigError
 */
export async function serviceAddress(flags: ConfigFlags): Promise<URL> {
  const config = await findConfig(flags, 'data only');
  if (config === undefined) return DEFAULT;
  const address = serverAddress(useSection(config, 'server'));
  if (address !== undefined) return address;
  const message = `${config.file}: server.port is 0, any free one: nobody could look whether the service lives`;
  throw new UserError(message, EXIT.usage, 'set server.port');
}

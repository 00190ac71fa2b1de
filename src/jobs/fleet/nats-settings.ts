import { useSection, type LoadedConfig } from '../../config/index.js';
import { fingerprintOf } from '../fingerprint.js';

/**
 * The settings of the connection to NATS, with digests in place of secrets and files: only compared.
 *
 * @throws ConfigError
 */
export async function natsSettings(config: LoadedConfig): Promise<unknown> {
  const { credentials, nkey, token, password, tls = {}, ...rest } = useSection(config, 'nats');
  const files = [credentials, ...Object.values(tls)].filter((path) => path !== undefined);
  const secrets = [nkey, token, password, ...files.map((path) => ({ kind: 'file', path }) as const)];
  return { ...rest, tls, credentials, secrets: await Promise.all(secrets.map(fingerprintOf)) };
}

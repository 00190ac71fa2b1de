import type { Config } from '../../config/index.js';

/** Addresses that mean every address: the one to connect to is this machine's own. */
const ANY_ADDRESS: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '[::1]', '[::]': '[::1]' };

/** Where a daemon of a config answers on its own machine; undefined: on a port that nobody knows before it has it. */
export function serverAddress({ host, port, tls }: Pick<Config['server'], 'host' | 'port' | 'tls'>): URL | undefined {
  if (port === 0) return undefined;
  const name = ANY_ADDRESS[host] ?? (host.includes(':') && !host.startsWith('[') ? `[${host}]` : host);
  return new URL(`${tls === undefined ? 'http' : 'https'}://${name}:${port}`);
}

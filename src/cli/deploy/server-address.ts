import type { Config } from '../../config/index.js';

/** Addresses that stand for all addresses, with the local one to connect to instead. */
const ANY_ADDRESS: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '[::1]', '[::]': '[::1]' };

/** Where a daemon of a config answers on its own machine; undefined if the port is not known before it is opened. */
export function serverAddress({ host, port, tls }: Pick<Config['server'], 'host' | 'port' | 'tls'>): URL | undefined {
  if (port === 0) return undefined;
  const name = ANY_ADDRESS[host] ?? (host.includes(':') && !host.startsWith('[') ? `[${host}]` : host);
  return new URL(`${tls === undefined ? 'http' : 'https'}://${name}:${port}`);
}

import { isIP } from 'node:net';
import { checkServerIdentity, type ConnectionOptions } from 'node:tls';
import type { TlsOptions } from '@nats-io/transport-node';
import type { NatsOptions } from './options.js';

/** How the connection is encrypted; undefined for no encryption unless the server insists. */
export function tlsOf({ urls, tls }: Pick<NatsOptions, 'urls' | 'tls'>): TlsOptions | undefined {
  // The client ignores the scheme in `tls://` and would connect in plain text.
  const isWanted = tls !== undefined || urls.some((url) => url.startsWith('tls:'));
  const { ca, cert, key } = tls ?? {};
  // The client passes unknown options on to Node.js.
  const options: TlsOptions & Pick<ConnectionOptions, 'checkServerIdentity'> = {
    ...(ca && { caFile: ca }),
    ...(cert && { certFile: cert }),
    ...(key && { keyFile: key }),
    checkServerIdentity: identityCheck(urls),
  };
  return isWanted ? options : undefined;
}

/**
 * If the server is named by its address, the handshake contains no name, and Node.js then expects a certificate for `localhost`.
 * The certificate must be for one of the addresses instead.
 */
function identityCheck(urls: readonly string[]): typeof checkServerIdentity {
  const hosts = urls.filter((url) => URL.canParse(url)).map((url) => new URL(url).hostname.replace(/^\[(.*)\]$/, '$1'));
  const addresses = hosts.filter((host) => isIP(host) !== 0);
  return (name, certificate) => {
    const [first, ...others] = hosts.includes(name) || addresses.length === 0 ? [name] : addresses;
    const refusal = checkServerIdentity(first ?? name, certificate);
    return others.some((address) => checkServerIdentity(address, certificate) === undefined) ? undefined : refusal;
  };
}

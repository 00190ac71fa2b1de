import { isIP } from 'node:net';
import { checkServerIdentity, type ConnectionOptions } from 'node:tls';
import type { TlsOptions } from '@nats-io/transport-node';
import type { NatsOptions } from './options.js';

/** How the connection is encrypted; undefined: not, unless the server insists. */
export function tlsOf({ urls, tls }: Pick<NatsOptions, 'urls' | 'tls'>): TlsOptions | undefined {
  // The client takes `tls://` for a name: it would go on in clear.
  const isWanted = tls !== undefined || urls.some((url) => url.startsWith('tls:'));
  const { ca, cert, key } = tls ?? {};
  // The client hands what it does not know of to Node.
  const options: TlsOptions & Pick<ConnectionOptions, 'checkServerIdentity'> = {
    ...(ca && { caFile: ca }),
    ...(cert && { certFile: cert }),
    ...(key && { keyFile: key }),
    checkServerIdentity: identityCheck(urls),
  };
  return isWanted ? options : undefined;
}

/**
 * A server that is called by its address has no name in the handshake, and Node then asks for a certificate for `localhost`: it is
 * to be for one of the addresses.
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

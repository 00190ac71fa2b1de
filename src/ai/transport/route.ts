import http from 'node:http';
import https from 'node:https';
import { rootCertificates } from 'node:tls';
import { urlToHttpOptions } from 'node:url';
import { createTunnelAgent, proxyCredentials } from './tunnel-agent.js';

/** How to reach a server. */
export interface Network {
  /** The URL of an HTTP proxy, perhaps with user and password. */
  readonly proxy?: string | undefined;
  /** Certificates of additional authorities to trust, as PEM. */
  readonly ca?: string | undefined;
}

/** Idle connections are closed sooner than most servers do it; otherwise the next request would use a closed one. */
const IDLE_MS = 4000;

/** Begins requests, over connections that are kept alive. */
export interface Route {
  /** The host that a request to this server connects to first, for people. */
  peerOf(target: URL): string;
  /** @param method default: POST */
  request(target: URL, headers: Readonly<Record<string, string | number>>, method?: string): http.ClientRequest;
  close(): void;
}

/**
 * Connects directly or through a proxy: with a tunnel if the server uses TLS, so that the proxy sees none of the data; otherwise
 * the proxy receives the whole address.
 */
export function createRoute({ proxy, ca }: Network): Route {
  const options = { keepAlive: true, timeout: IDLE_MS, scheduling: 'lifo' } as const;
  const trusted = ca === undefined ? undefined : [...rootCertificates, ca];
  const secured = { ...options, ...(trusted !== undefined && { ca: trusted }) };
  const via = proxy === undefined ? undefined : new URL(proxy);
  let plain: http.Agent | undefined;
  let secure: https.Agent | undefined;
  /** Of a server, or of a proxy that uses TLS itself. `https` takes long to load, and a server on this machine needs none of it. */
  const agentOf = (isSecure: boolean): http.Agent =>
    isSecure ? (secure ??= new https.Agent(secured)) : (plain ??= new http.Agent(options));
  const tunnels = via && createTunnelAgent(via, secured, trusted);

  return {
    // A tunnel tells by itself where it failed.
    peerOf: (target) => (via !== undefined && target.protocol === 'http:' ? `the proxy ${via.host}` : target.host),
    request(target, headers, method = 'POST') {
      const isSecure = target.protocol === 'https:';
      if (via === undefined || isSecure) {
        const agent = (isSecure ? tunnels : undefined) ?? agentOf(isSecure);
        return (isSecure ? https : http).request({ ...addressOf(target), method, agent, headers });
      }
      const isSecureProxy = via.protocol === 'https:';
      return (isSecureProxy ? https : http).request(via, {
        method,
        agent: agentOf(isSecureProxy),
        path: target.href,
        headers: { host: target.host, ...proxyCredentials(via), ...headers },
      });
    },
    close() {
      plain?.destroy();
      secure?.destroy();
      tunnels?.destroy();
    },
  };
}

const addresses = new WeakMap<URL, http.RequestOptions>();

/** The parts of a URL that Node asks for, found once. */
function addressOf(target: URL): http.RequestOptions {
  let address = addresses.get(target);
  if (address === undefined) {
    address = urlToHttpOptions(target);
    addresses.set(target, address);
  }
  return address;
}

import http from 'node:http';
import https from 'node:https';
import type { Duplex } from 'node:stream';
import tls from 'node:tls';

/** A proxy did not open a tunnel. */
export class ProxyError extends Error {
  override readonly name = 'ProxyError';

  /** @param status with which the proxy refused; undefined if it could not be reached, for the reason in `cause` */
  constructor(
    readonly proxy: string,
    readonly status: number | undefined,
    cause?: unknown,
  ) {
    super(`the proxy ${proxy} opens no tunnel`, { cause });
  }
}

/** The header for the user and password in a proxy's URL. */
export function proxyCredentials({ username, password }: URL): Readonly<Record<string, string>> {
  if (username === '' && password === '') return {};
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { 'proxy-authorization': `Basic ${Buffer.from(pair).toString('base64')}` };
}

/** A tunnel that takes longer to open is no longer useful. */
const OPENING_MS_MAX = 60_000;

type Created = (error: Error | null, socket?: Duplex) => void;

/** TLS connections through a tunnel of an HTTP proxy (CONNECT). A connection is handed out when its handshake is done. */
export function createTunnelAgent(
  proxy: URL,
  options: https.AgentOptions,
  ca: readonly string[] | undefined,
): https.Agent {
  tunnelAgent ??= defineTunnelAgent();
  return new tunnelAgent(proxy, options, ca);
}

let tunnelAgent: ReturnType<typeof defineTunnelAgent> | undefined;

/** Not before there is a proxy: to extend it, `https` has to be loaded. */
function defineTunnelAgent() {
  return class TunnelAgent extends https.Agent {
    readonly #proxy: URL;
    readonly #ca: readonly string[] | undefined;
    readonly #opening = new Set<{ destroy(): unknown }>();

    constructor(proxy: URL, options: https.AgentOptions, ca: readonly string[] | undefined) {
      super(options);
      this.#proxy = proxy;
      this.#ca = ca;
    }

    /** Called by the agent's base class, which also accepts the connection later, by way of `created`. */
    override createConnection(
      options: tls.ConnectionOptions & { readonly timeout?: number },
      created: Created,
    ): undefined {
      const { host = '', port = 443, servername } = options;
      const target = `${host.includes(':') ? `[${host}]` : host}:${port}`;
      const connect = this.#request(target);
      let opening: { destroy(): unknown } = connect;
      this.#opening.add(opening);
      const end = (error: Error | null, socket?: Duplex): void => {
        this.#opening.delete(opening);
        created(error, socket);
      };
      connect.setTimeout(OPENING_MS_MAX, () => connect.destroy());
      connect.once('error', (error) => end(new ProxyError(this.#proxy.host, undefined, error)));
      connect.once('response', (response) => {
        connect.destroy();
        end(new ProxyError(this.#proxy.host, response.statusCode));
      });
      connect.once('connect', (response, raw) => {
        if (response.statusCode !== 200) {
          raw.destroy();
          end(new ProxyError(this.#proxy.host, response.statusCode));
          return;
        }
        const secure = tls.connect({ ...options, socket: raw, ...(servername !== undefined && { servername }) });
        this.#opening.delete(opening);
        this.#opening.add((opening = secure));
        raw.setTimeout(OPENING_MS_MAX, () => secure.destroy());
        secure.once('error', end);
        secure.once('secureConnect', () => {
          secure.off('error', end);
          raw.setTimeout(0);
          end(null, secure);
        });
      });
      connect.end();
      return undefined;
    }

    override destroy(): void {
      for (const opening of this.#opening) opening.destroy();
      super.destroy();
    }

    #request(target: string): http.ClientRequest {
      const options = {
        method: 'CONNECT',
        path: target,
        agent: false,
        headers: { host: target, ...proxyCredentials(this.#proxy) },
        ...(this.#ca !== undefined && { ca: [...this.#ca] }),
      };
      return (this.#proxy.protocol === 'https:' ? https : http).request(this.#proxy, options);
    }
  };
}

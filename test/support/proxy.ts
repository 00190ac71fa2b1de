import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import net, { type AddressInfo, type Socket } from 'node:net';

/** An HTTP proxy over real sockets: tunnels, and plain requests that name the whole address. */
export interface TestProxy {
  /** With the user and password that it wants, if any. */
  readonly url: string;
  /** What it was asked for: `CONNECT host:port`, `POST http://…`. */
  readonly asked: readonly string[];
  close(): void;
}

export interface TestProxyOptions {
  /** `user:password`. */
  readonly credentials?: string;
  /** Answers this instead of what it is asked for. */
  readonly status?: number;
  /** Takes requests, and never answers. */
  readonly silent?: boolean;
  /** Speaks TLS. */
  readonly tls?: { readonly key: string; readonly cert: string };
}

export async function startProxy({ credentials, status, silent, tls }: TestProxyOptions = {}): Promise<TestProxy> {
  const asked: string[] = [];
  const sockets = new Set<Socket>();
  const wanted = credentials && `Basic ${Buffer.from(credentials).toString('base64')}`;
  /** The status that it refuses a request with. */
  const refusal = ({ headers, method = '', url = '' }: http.IncomingMessage): number | undefined => {
    asked.push(`${method} ${url}`);
    return wanted !== undefined && headers['proxy-authorization'] !== wanted ? 407 : status;
  };
  const forward = (request: http.IncomingMessage, response: http.ServerResponse): void => {
    const refused = refusal(request);
    if (silent === true) return;
    if (refused !== undefined) {
      response.writeHead(refused).end();
      return;
    }
    const headers = { ...request.headers };
    delete headers['proxy-authorization'];
    const onward = http.request(request.url ?? '', { method: request.method, headers }, (answer) => {
      answer.pipe(response.writeHead(answer.statusCode ?? 502, answer.headers));
    });
    request.pipe(onward);
  };
  const server = tls === undefined ? http.createServer(forward) : https.createServer(tls, forward);
  server.on('connection', (socket: Socket) => void sockets.add(socket));
  server.on('connect', (request, client: Socket, head: Buffer) => {
    client.on('error', () => undefined);
    const refused = refusal(request);
    if (silent === true) return;
    if (refused !== undefined) {
      client.end(`HTTP/1.1 ${refused} Refused\r\n\r\n`);
      return;
    }
    const { hostname, port } = new URL(`http://${request.url ?? ''}`);
    const onward = net.connect(Number(port), hostname.replace(/^\[(.*)\]$/, '$1'), () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      onward.write(head);
      client.pipe(onward).pipe(client);
    });
    sockets.add(onward);
    onward.on('error', () => client.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const user = credentials === undefined ? '' : `${credentials}@`;
  return {
    url: `${tls === undefined ? 'http' : 'https'}://${user}127.0.0.1:${port}`,
    asked,
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

import { version } from '../../package.json';
import fastify, { type FastifyInstance } from 'fastify';
import http from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';
import { hostname } from 'node:os';
import { guard, type Guard, type GuardOptions } from './access/index.js';
import { BodyReader } from './body.js';
import { asHttpError, errorBody, HttpError } from './http-error.js';
import { addDescription } from './openapi/index.js';
import { refuseWhileRecovering } from './recovering.js';
import { addRoutes, type RouteOptions } from './routes.js';

const HEADER_BYTES_MAX = 16 << 10;
const CHECK_INTERVAL_MS = 1000;
const CONNECTIONS_MAX = 10_000;
const PATH_PARAMETER_MAX = 300;

/** How long a client may take, in milliseconds. */
export interface Patience {
  /** For the headers; an idle connection is closed after this time, too. */
  readonly headersMs: number;
  /** For a whole body. */
  readonly bodyMs: number;
  /** Between two parts of a stream of events, in either direction. */
  readonly idleMs: number;
}

const PATIENCE: Patience = { headersMs: 10_000, bodyMs: 30_000, idleMs: 60_000 };

/** Longer than the idle time of common proxies, so that they close first and lose no request. */
const KEEP_ALIVE_MS = 72_000;

const JSON_TYPE = 'application/json; charset=utf-8';
const METHODS = ['GET', 'HEAD', 'POST'] as const;

export interface ServerOptions
  extends Omit<RouteOptions, 'bodies'>, Omit<GuardOptions, 'limits' | 'ownNames' | 'idleMs'> {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** PEM texts. */
  readonly tls?: { readonly cert: string | Buffer; readonly key: string | Buffer } | undefined;
  /** Addresses and networks that are trusted to say who sent a request (X-Forwarded-For). */
  readonly trustedProxies: readonly string[];
  /** Whether the log is still being recovered; until then, only routes about the daemon's state answer. */
  readonly isRecovering: () => boolean;
  /** Called when a request hits a bug in Colloquium. */
  readonly onBug: (error: unknown) => void;
  /** Shorter limits, for tests. */
  readonly patience?: Patience;
}

export interface RunningServer {
  /** The URL that it listens on, including the actual port. */
  readonly url: string;
  /** Uses another certificate for new connections; does nothing without TLS. */
  renewCertificate(tls: { readonly cert: string | Buffer; readonly key: string | Buffer }): void;
  /** Accepts no new connections, lets requests finish within the grace period, then closes the remaining ones. */
  close(graceMs: number): Promise<void>;
}

/**
 * Starts the HTTP server.
 *
 * @throws the operating system's errors, such as EADDRINUSE
 */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { patience = PATIENCE } = options;
  const bodies = new BodyReader(options.elapsed, patience, () => options.settings().bodyBytesMax);
  const app = makeApp(options, patience, () => guarding);
  // Rejected requests count, too.
  options.metrics.http.watch(app);
  const ownNames = new Set([options.host, hostname()].map((name) => name.toLowerCase()));
  const guarding = guard(app, {
    ...options,
    ownNames,
    idleMs: patience.idleMs,
    limits: () => options.settings().limits,
  });
  refuseWhileRecovering(app, options.isRecovering);
  answerErrors(app, options.onBug);
  addDescription(app, version);
  addRoutes(app, { ...options, bodies });
  const sweep = (): void => {
    bodies.sweep();
    guarding.sweep();
    options.taps.sweep();
    options.dashboard.feed.sweep();
  };
  const sweeping = setInterval(sweep, Math.min(CHECK_INTERVAL_MS, patience.bodyMs));
  try {
    await app.listen({ host: options.host, port: options.port });
  } catch (error) {
    clearInterval(sweeping);
    throw error;
  }
  return {
    url: urlOf(app, options.tls === undefined ? 'http' : 'https'),
    renewCertificate({ cert, key }) {
      const { server } = app;
      if (server instanceof https.Server) server.setSecureContext({ cert, key });
    },
    async close(graceMs) {
      options.taps.close();
      options.dashboard.feed.close();
      const impatience = setTimeout(() => app.server.closeAllConnections(), graceMs);
      await app.close();
      clearTimeout(impatience);
      clearInterval(sweeping);
      guarding.close();
    },
  };
}

function makeApp(
  { tls, trustedProxies }: ServerOptions,
  { headersMs }: Patience,
  guarding: () => Guard,
): FastifyInstance {
  const limits = {
    maxHeaderSize: HEADER_BYTES_MAX,
    headersTimeout: headersMs,
    // Bodies have their own time limits, because a stream of events may take a long time.
    requestTimeout: 0,
    keepAliveTimeout: KEEP_ALIVE_MS,
    connectionsCheckingInterval: Math.min(CHECK_INTERVAL_MS, headersMs),
  };
  return fastify({
    serverFactory: (handler) => {
      const server =
        tls === undefined ? http.createServer(limits, handler) : https.createServer({ ...limits, ...tls }, handler);
      server.maxConnections = CONNECTIONS_MAX;
      // A client that has sent everything may close its side and still wait for the answer.
      Object.assign(server, { httpAllowHalfOpen: true });
      return server;
    },
    logger: false,
    trustProxy: trustedProxies.length > 0 && [...trustedProxies],
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: PATH_PARAMETER_MAX },
    clientErrorHandler: refuseConnection,
    // Invalid paths: no hook has seen them.
    frameworkErrors(error, request, reply) {
      let known = asHttpError(error);
      try {
        guarding().authorize(request, 'any');
      } catch (refusal) {
        known = asHttpError(refusal);
      }
      const body = errorBody(known);
      guarding().answered(request);
      reply.hijack();
      reply.raw.writeHead(known.statusCode, {
        ...known.headers,
        'content-type': JSON_TYPE,
        'content-length': Buffer.byteLength(body),
      });
      reply.raw.end(body);
    },
  });
}

function answerErrors(app: FastifyInstance, onBug: (error: unknown) => void): void {
  app.setErrorHandler((error, _request, reply) => {
    const known = asHttpError(error);
    if (known.statusCode === 500) onBug(error);
    void reply.code(known.statusCode).headers(known.headers).type(JSON_TYPE);
    return reply.send(errorBody(known));
  });
  app.setNotFoundHandler((request, reply) => {
    const allowed = METHODS.filter((method) => {
      // The types promise a route even if there is none.
      const route: unknown = app.findRoute({ url: pathOf(request.url), method });
      return route !== null;
    });
    if (allowed.length === 0)
      throw new HttpError(404, 'Not found', 'nothing is here: GET /openapi.json lists what there is');
    void reply.header('allow', allowed.join(', '));
    throw new HttpError(405, 'Method not allowed', `this path accepts ${allowed.join(', ')}`);
  });
}

function pathOf(url: string): string {
  return url.split('?', 1)[0] ?? url;
}

/** Answers and closes a connection that doesn't speak HTTP, or is too slow. */
function refuseConnection(error: Error & { readonly code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed || !socket.writable) {
    socket.destroy();
    return;
  }
  const [status, reason, words] = connectionErrors[error.code ?? ''] ?? [
    '400 Bad Request',
    'Bad request',
    'this is not HTTP',
  ];
  const body = JSON.stringify({ error: reason, message: words });
  socket.end(
    `HTTP/1.1 ${status}\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}

const connectionErrors: Readonly<Record<string, readonly [status: string, error: string, message: string]>> = {
  HPE_HEADER_OVERFLOW: [
    '431 Request Header Fields Too Large',
    'Headers too large',
    `headers take at most ${HEADER_BYTES_MAX} bytes`,
  ],
  ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', 'Request timeout', 'the request took too long to arrive'],
};

function urlOf(app: FastifyInstance, scheme: string): string {
  const address = app.server.address();
  if (address === null || typeof address === 'string') return `${scheme}://${String(address)}`;
  const host = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return `${scheme}://${host}:${address.port}`;
}

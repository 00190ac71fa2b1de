import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Readable } from 'node:stream';
import { HttpError } from '../http-error.js';
import { RefusalLog, type AuditEntry, type AuditTrail } from './audit.js';
import { refuseCrossSite, refuseForeignHost } from './cross-site.js';
import { admit, stillAdmits, type AccessRules } from './gate.js';
import { networkOf, RateLimiter } from './rate-limit.js';
import type { NeededRole } from './role.js';
import { UnreadBodies } from '../unread.js';
import { OpenStreams } from './streams.js';

const PATH_SHOWN_MAX = 200;
const STREAM_ENDED = 'its token is not valid any more: the stream was closed';

/** Headers of every answer; the page sets its own content policy. */
const HEADERS = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
} as const;

/** Requests per minute; undefined: any number. */
export interface RequestRateLimits {
  readonly perToken: number | undefined;
  readonly perAddress: number | undefined;
}

/** What requests are checked against. */
export interface GuardOptions {
  readonly access: () => AccessRules;
  readonly limits: () => RequestRateLimits;
  readonly audit: AuditTrail;
  /** Names of this server other than the loopback ones, in lower case. */
  readonly ownNames: ReadonlySet<string>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Milliseconds of a clock that never jumps. */
  readonly elapsed: () => number;
  /** Milliseconds after which a stream is closed if its reader takes nothing. */
  readonly idleMs: number;
}

/** Runs before every route. */
export interface Guard {
  /** Checks a request for which no route was looked up. @throws HttpError */
  authorize(request: FastifyRequest, needed: NeededRole): void;
  /** Called when a request that reached no hook is answered. */
  answered(request: FastifyRequest): void;
  /** Call this about once a second. */
  sweep(): void;
  close(): void;
}

/** Checks every request of an app before anything else, and logs rejected requests and admins' actions. */
export function guard(
  app: FastifyInstance,
  { access, limits, audit, ownNames, now, elapsed, idleMs }: GuardOptions,
): Guard {
  const limiters = { address: new RateLimiter(elapsed), token: new RateLimiter(elapsed) };
  const refusals = new RefusalLog(audit, elapsed);
  const streams = new OpenStreams(elapsed, idleMs);
  const unread = new UnreadBodies(elapsed);

  const authorize = (request: FastifyRequest, needed: NeededRole): void => {
    try {
      const { perAddress, perToken } = limits();
      if (perAddress !== undefined) keepTo(perAddress, limiters.address, networkOf(request.ip), 'this address');
      const rules = access();
      refuseCrossSite(request.method, request.headers);
      if (rules.open === 'locally') refuseForeignHost(request.headers.host, ownNames);
      const caller = admit(rules, request.headers.authorization, needed, now());
      request.caller = caller;
      const { token } = caller;
      if (perToken !== undefined && token !== undefined) keepTo(perToken, limiters.token, token, 'this token');
    } catch (error) {
      if (error instanceof HttpError)
        refusals.add({ ...lineOf(request), status: error.statusCode, reason: error.message });
      throw error;
    }
  };

  app.decorateRequest('caller');
  // One function for all: a closure per request would keep the request alive too long.
  app.decorateRequest('isAdmitted', function () {
    if (this.caller === undefined || stillAdmits(access(), this.caller, now())) return true;
    refusals.add({ ...lineOf(this), status: 401, reason: STREAM_ENDED });
    return false;
  });
  app.addHook('onRequest', (request, reply, done) => {
    void reply.headers(HEADERS);
    const { url, config } = request.routeOptions;
    const needed = url === undefined ? 'any' : (config.role ?? 'admin');
    if (needed !== 'public') authorize(request, needed);
    done();
  });
  app.addHook('onSend', (request, reply, payload, done) => {
    // Closing at once would lose the answer for a client that is still sending.
    if (unread.drop(request.raw)) reply.removeHeader('connection');
    if (payload instanceof Readable && request.caller !== undefined)
      streams.add(payload, reply.raw, () => !request.isAdmitted());
    done(null, payload);
  });
  app.addHook('onResponse', (request, reply, done) => {
    const { url, config } = request.routeOptions;
    if (url !== undefined && (config.role ?? 'admin') === 'admin' && request.caller?.role === 'admin')
      audit.action({ ...lineOf(request), status: reply.statusCode });
    done();
  });
  return {
    authorize,
    answered: ({ raw }) => void unread.drop(raw),
    sweep() {
      streams.sweep();
      unread.sweep();
      refusals.sweep();
    },
    close: () => refusals.flush(),
  };
}

/** @throws HttpError 429 */
function keepTo(perMinute: number, limiter: RateLimiter, caller: string, words: string): void {
  const waitMs = limiter.take(caller, perMinute);
  if (waitMs === 0) return;
  const retryAfter = String(Math.ceil(waitMs / 1000));
  const message = `${words} may make ${perMinute} requests a minute (server.rate_limit)`;
  throw new HttpError(429, 'Too many requests', message, {}, { 'retry-after': retryAfter });
}

function lineOf({ method, url, ip, caller }: FastifyRequest): Omit<AuditEntry, 'status'> {
  const path = (url.split('?', 1)[0] ?? '').slice(0, PATH_SHOWN_MAX);
  return { method, path, address: ip, ...(caller?.token !== undefined && { token: caller.token }) };
}

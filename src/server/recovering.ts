import type { FastifyInstance } from 'fastify';
import { HttpError } from './http-error.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Whether the route answers before the log is recovered, because it reports the daemon's state. */
    readonly early?: true;
  }
}

const RETRY_AFTER_S = 1;

/** Nothing can be stored or read yet: the client keeps its events and retries. */
export function recovering(): HttpError {
  const message = 'the daemon is recovering its log: GET /readyz tells when it accepts events';
  return new HttpError(503, 'Recovering', message, {}, { 'retry-after': String(RETRY_AFTER_S) });
}

/** Lets only early routes answer while the log is being recovered. Add it after the guard. */
export function refuseWhileRecovering(app: FastifyInstance, isRecovering: () => boolean): void {
  app.addHook('onRequest', (request, _reply, done) => {
    const { url, config } = request.routeOptions;
    if (url !== undefined && config.early !== true && isRecovering()) throw recovering();
    done();
  });
}

import type { FastifyInstance } from 'fastify';
import { payerOf } from '../access/index.js';
import type { ServerPlan } from '../server-plan.js';
import { parseTapQuery } from './get-tap.js';
import type { TapHub } from './tap-hub.js';

const LINES_TYPE = 'application/x-ndjson; charset=utf-8';

/** `GET /tap`: live events, as long as the client listens. */
export function addTapRoute(app: FastifyInstance, taps: TapHub, settings: () => ServerPlan): void {
  app.get('/tap', { config: { role: 'read' }, exposeHeadRoute: false }, (request, reply) => {
    const stream = taps.open(parseTapQuery(request.query, settings().stages), payerOf(request));
    request.raw.socket.once('end', () => taps.mayBeGone(stream));
    return reply.type(LINES_TYPE).header('cache-control', 'no-store').send(stream);
  });
}

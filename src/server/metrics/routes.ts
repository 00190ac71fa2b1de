import type { FastifyInstance } from 'fastify';
import type { Metrics } from './metrics.js';
import { summaryOf } from './summary.js';

/** Adds the metrics pages. */
export function addMetricsRoutes(app: FastifyInstance, metrics: Metrics): void {
  const read = { config: { role: 'read', early: true } } as const;
  app.get('/metrics', read, async (_request, reply) => reply.type(metrics.contentType).send(await metrics.text()));
  app.get('/metrics.json', read, async (_request, reply) =>
    reply.type('application/json; charset=utf-8').send(JSON.stringify(summaryOf(await metrics.snapshot()))),
  );
}

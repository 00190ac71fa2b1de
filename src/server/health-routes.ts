import type { FastifyInstance } from 'fastify';
import type { Health, Readiness } from './health.js';

const JSON_TYPE = 'application/json; charset=utf-8';

/** Provides the daemon's state. */
export interface HealthSource {
  readonly health: () => Promise<Health>;
  readonly readiness: () => Promise<Readiness>;
}

/** Reports whether the daemon is alive (public), whether it accepts events, and the health of its parts. */
export function addHealthRoutes(app: FastifyInstance, { health, readiness }: HealthSource): void {
  const read = { config: { role: 'read', early: true } } as const;
  app.get('/livez', { config: { role: 'public', early: true } }, (_request, reply) =>
    reply.type(JSON_TYPE).send('{"status":"ok"}'),
  );
  app.get('/readyz', read, async (_request, reply) => {
    const answer = await readiness();
    return reply
      .code(answer.status === 'ready' ? 200 : 503)
      .type(JSON_TYPE)
      .send(JSON.stringify(answer));
  });
  app.get('/health', read, async (_request, reply) => reply.type(JSON_TYPE).send(JSON.stringify(await health())));
}

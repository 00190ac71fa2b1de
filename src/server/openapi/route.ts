import type { FastifyInstance } from 'fastify';
import type { NeededRole } from '../access/index.js';
import { openApiDocument, type RegisteredRoute } from './document.js';

/** Describes every route that is added from now on, at `GET /openapi.json`. */
export function addDescription(app: FastifyInstance, version: string): void {
  const routes: RegisteredRoute[] = [];
  app.addHook('onRoute', ({ method, url, config }) => {
    const role: NeededRole = config?.role ?? 'admin';
    for (const one of [method].flat())
      if (one !== 'HEAD') routes.push({ method: one, path: url, role, early: config?.early === true });
  });
  let text: string | undefined;
  app.get('/openapi.json', { config: { role: 'any', early: true } }, (_request, reply) =>
    reply.type('application/json; charset=utf-8').send((text ??= JSON.stringify(openApiDocument(routes, version)))),
  );
}

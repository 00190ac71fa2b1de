import type { FastifyInstance } from 'fastify';
import { payerOf } from '../access/index.js';
import type { BatchesLook } from './batches.js';
import type { Feed } from './feed.js';
import type { Letters } from './letters.js';
import { loadPage, type Page } from './page.js';

const JSON_TYPE = 'application/json; charset=utf-8';

/** The parts that the dashboard needs. */
export interface Dashboard {
  /** The page that the build made. */
  readonly file: URL;
  readonly feed: Feed;
  readonly letters: Letters;
  /** The batches that have not ended. @throws HttpError during the recovery of the log */
  readonly batches: () => Promise<BatchesLook>;
}

/** The dashboard at `/`, its data, and its actions. */
export function addDashboardRoutes(app: FastifyInstance, { file, feed, letters, batches }: Dashboard): void {
  let page: Promise<Page> | undefined;
  app.get('/', { config: { role: 'read' } }, async (_request, reply) => {
    const { html, policy } = await (page ??= loadPage(file));
    return reply.type('text/html; charset=utf-8').header('content-security-policy', policy).send(html);
  });
  app.get('/dashboard/feed', { config: { role: 'read' }, exposeHeadRoute: false }, (request, reply) =>
    reply.type('text/event-stream; charset=utf-8').send(feed.open(request.caller?.role ?? 'read', payerOf(request))),
  );
  app.get('/batches', { config: { role: 'read' } }, async (_request, reply) =>
    reply.type(JSON_TYPE).send(JSON.stringify(await batches())),
  );
  app.get('/dead-letters', { config: { role: 'read' } }, async (_request, reply) =>
    reply.type(JSON_TYPE).send(JSON.stringify(await letters.look())),
  );
  app.get('/dead-letters/redrive', { config: { role: 'admin' }, exposeHeadRoute: false }, async (_request, reply) =>
    reply.type(JSON_TYPE).send(JSON.stringify(await letters.preview())),
  );
  app.post('/dead-letters/redrive', { config: { role: 'admin' } }, async (_request, reply) =>
    reply.type(JSON_TYPE).send(JSON.stringify(await letters.retryLetters())),
  );
}

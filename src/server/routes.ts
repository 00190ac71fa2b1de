import { metadataText } from '../event/index.js';
import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Damage } from '../log/index.js';
import { SpareMemory } from '../sources/index.js';
import { payerOf } from './access/index.js';
import type { BodyReader } from './body.js';
import { addDashboardRoutes, type Dashboard, type FleetMember } from './dashboard/index.js';
import { idempotencyKey, pipelineOf } from './entries.js';
import { EventReader } from './event-reader.js';
import type { EventStore } from './event-store.js';
import { parseEventsQuery, storedEvents } from './get-events.js';
import { addHealthRoutes, type HealthSource } from './health-routes.js';
import { busy, HttpError } from './http-error.js';
import { storeEvent } from './post-event.js';
import { addMetricsRoutes, type Metrics } from './metrics/index.js';
import { blocksOf, storeLines, wholeBlock, type LinesReport } from './post-lines.js';
import type { ServerPlan } from './server-plan.js';
import { Shares } from './shares.js';
import { addTapRoute, type TapHub } from './tap/index.js';

/**
 * The most streamed bodies, and readers of stored events, that can be open at a time: each holds a buffer. One caller gets at
 * most half of the free ones.
 */
const STREAMS_MAX = 512;
const READERS_MAX = 128;

/** A body of lines up to this size is read as a whole. */
const SMALL_BYTES = 128 << 10;

const SOURCE = 'http';
const JSON_TYPE = 'application/json; charset=utf-8';
const LINES_TYPE = 'application/x-ndjson; charset=utf-8';

/** Media types of newline-delimited JSON; none is officially registered. */
const LINES_TYPES = ['application/x-ndjson', 'application/ndjson', 'application/jsonl', 'application/x-jsonlines'];

/** Everything that the routes need. */
export interface RouteOptions extends HealthSource {
  /** @throws HttpError while the log is not open */
  readonly store: () => EventStore;
  readonly settings: () => ServerPlan;
  readonly bodies: BodyReader;
  readonly taps: TapHub;
  readonly dashboard: Dashboard;
  readonly metrics: Metrics;
  /** The members of the fleet; undefined without a fleet. */
  readonly fleet: () => readonly FleetMember[] | undefined;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly onDamage: (damage: Damage) => void;
}

type EventRequest = FastifyRequest<{ Params: { pipeline?: string }; Body: Buffer | undefined }>;

/** Adds every path of the server, and its answer. */
export function addRoutes(app: FastifyInstance, context: RouteOptions): void {
  const { bodies, settings } = context;
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', (request: FastifyRequest) =>
    bodies.whole(request.raw, settings().bodyBytesMax, payerOf(request)),
  );
  app.addContentTypeParser(LINES_TYPES, (_request, _payload, done) => done(null, undefined));

  const readers = new Shares(() => READERS_MAX);
  const post = postHandler(context);
  for (const path of ['/events', '/events/:pipeline']) app.post(path, { config: { role: 'ingest' } }, post);

  app.get('/events', { config: { role: 'read' } }, (request, reply) => {
    const query = parseEventsQuery(request.query, context.now());
    const events = storedEvents(context.store(), query, context.onDamage);
    if (events instanceof Readable) bound(events, readers, payerOf(request));
    return reply.type(LINES_TYPE).send(events);
  });
  addDashboardRoutes(app, context.dashboard);
  addTapRoute(app, context.taps, settings);
  addHealthRoutes(app, context);
  app.get('/fleet', { config: { role: 'read' } }, (_request, reply) => {
    const members = context.fleet();
    if (members === undefined) throw new HttpError(404, 'Not found', 'this daemon works alone: see serve --join');
    return reply.type(JSON_TYPE).send(JSON.stringify({ members }));
  });
  addMetricsRoutes(app, context.metrics);
}

function postHandler({ store, settings, bodies }: RouteOptions) {
  const readerFor = memo((given: ServerPlan) => new EventReader(given.depthMax, given.idempotencyPointer));
  const metadataFor = new Map<string, string>();
  const streams = new Shares(() => STREAMS_MAX);
  const spare = new SpareMemory();

  const metadataOf = (pipeline: string): string => {
    let text = metadataFor.get(pipeline);
    if (text === undefined) {
      text = metadataText(SOURCE, pipeline);
      // Without pipelines, clients choose the names.
      if (metadataFor.size < 1000) metadataFor.set(pipeline, text);
    }
    return text;
  };

  return async (request: EventRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const now = settings();
    const pipeline = pipelineOf(request.params.pipeline, now.pipelines);
    const metadata = metadataOf(pipeline);
    const key = idempotencyKey(request.headers);
    const payer = payerOf(request);
    if (request.headers['content-type'] === undefined) throw noMediaType();
    if (request.body !== undefined) {
      const id = await storeEvent(store(), readerFor(now), { body: request.body, pipeline, metadata, key });
      return reply.code(202).type(JSON_TYPE).send(`{"status":"accepted","id":"${id}"}`);
    }
    const lines = { pipeline, metadata, key, lineBytesMax: now.bodyBytesMax, entriesMax: now.entriesMax };
    if (isSmall(request.headers)) {
      const blocks = [wholeBlock(await bodies.whole(request.raw, SMALL_BYTES, payer))];
      return answerLines(reply, await storeLines(store(), readerFor(now), { ...lines, blocks }));
    }
    if (!streams.take(payer, 1)) throw busy('too many streams of events are being received at once');
    try {
      const blocks = blocksOf(
        whileAdmitted(request, bodies.stream(request.raw)),
        now.bodyBytesMax,
        bodies.holding(payer),
        spare,
      );
      return await answerLines(reply, await storeLines(store(), readerFor(now), { ...lines, blocks }));
    } finally {
      streams.give(payer, 1);
    }
  };
}

/** A body as it arrives, until its token is no longer valid. @throws HttpError 401 */
async function* whileAdmitted(
  request: EventRequest,
  arriving: AsyncIterable<readonly Buffer[]>,
): AsyncGenerator<readonly Buffer[], void, void> {
  for await (const chunks of arriving) {
    if (!request.isAdmitted()) throw new HttpError(401, 'Unauthorized', 'the token is not valid any more');
    yield chunks;
  }
}

/** Counts a reader until it has read everything or disconnects. @throws HttpError 503 if there are too many */
function bound(events: Readable, readers: Shares, payer: string): void {
  if (!readers.take(payer, 1)) {
    events.destroy();
    throw busy('too many clients are reading stored events at once');
  }
  events.once('close', () => readers.give(payer, 1));
}

/** A stream that is known to be short is read as a whole, which is cheaper. */
function isSmall(headers: FastifyRequest['headers']): boolean {
  return headers['content-encoding'] === undefined && Number(headers['content-length'] ?? Infinity) <= SMALL_BYTES;
}

function answerLines(reply: FastifyReply, { failed, ...counts }: LinesReport): FastifyReply {
  void reply.type(JSON_TYPE);
  if (failed !== undefined) {
    const { failure, line } = failed;
    void reply.code(failure.statusCode).headers(failure.headers);
    return reply.send(JSON.stringify({ error: failure.error, message: failure.message, line, ...counts }));
  }
  const noneIsEvent = counts.accepted === 0 && counts.refused > 0;
  if (noneIsEvent) return reply.code(400).send(JSON.stringify({ error: 'No line is an event', ...counts }));
  return reply.code(202).send(JSON.stringify({ status: 'accepted', ...counts }));
}

function noMediaType(): HttpError {
  const message = 'the request has no Content-Type: send application/json or application/x-ndjson';
  return new HttpError(415, 'Unsupported media type', message);
}

/** Caches the last result, because settings rarely change. */
function memo<Key, Value>(make: (key: Key) => Value): (key: Key) => Value {
  let last: { readonly key: Key; readonly value: Value } | undefined;
  return (key) => (last?.key === key ? last : (last = { key, value: make(key) })).value;
}

import type { Schema, SchemaName } from './schemas.js';

/** What a status means, and the body that comes with it. */
export interface Answer {
  readonly description: string;
  /** What it may be, by media type; nothing: what has no schema. */
  readonly content?: Readonly<Record<string, readonly SchemaName[]>>;
}

/** What there is to say of a route. */
export interface OpenApiOperation {
  readonly summary: string;
  readonly query?: Readonly<Record<string, Schema & { readonly description: string }>>;
  readonly headers?: Readonly<Record<string, Schema & { readonly description: string }>>;
  /** What the body is, by media type. */
  readonly body?: Readonly<Record<string, Schema>>;
  /** Errors that every route has are not repeated. */
  readonly answers: Readonly<Record<number, Answer>>;
}

const JSON_TYPE = 'application/json';
const LINES_TYPE = 'application/x-ndjson';

const postEvents: OpenApiOperation = {
  summary: 'Store one event, or many. What is acknowledged is on the disk.',
  headers: {
    'idempotency-key': {
      type: 'string',
      minLength: 1,
      maxLength: 255,
      description:
        'Repeating a request with the same key stores nothing twice. Of a stream each line is known again by what it says.',
    },
  },
  body: {
    [JSON_TYPE]: { description: 'The data of one event: any JSON.' },
    [LINES_TYPE]: { type: 'string', description: 'A stream of events, one JSON value a line, of any length.' },
  },
  answers: {
    202: {
      description: 'Stored: the event (its id), or the stream (counts, and each refused line with its reason).',
      content: { [JSON_TYPE]: ['Accepted', 'LinesAccepted'] },
    },
    400: { description: 'No event, or no line that is one.', content: { [JSON_TYPE]: ['Error'] } },
    408: { description: 'The body came too slowly.', content: { [JSON_TYPE]: ['Error'] } },
    413: { description: 'The body is too large.', content: { [JSON_TYPE]: ['Error'] } },
    415: {
      description: 'Neither JSON nor lines of JSON, by its type or encoding.',
      content: { [JSON_TYPE]: ['Error'] },
    },
    422: { description: 'The Idempotency-Key came with another event before.', content: { [JSON_TYPE]: ['Error'] } },
    503: {
      description: 'Not stored: too much waits for the disk, or the disk fails. Come again after Retry-After.',
      content: { [JSON_TYPE]: ['Error'] },
    },
  },
};

/** Every route, by method and path. A test holds this to what the server answers. */
export const OPERATIONS: Readonly<Record<string, OpenApiOperation>> = {
  'POST /events': postEvents,
  'POST /events/:pipeline': { ...postEvents, summary: 'The same, for a pipeline by name.' },
  'GET /events': {
    summary: 'Stored events, the oldest first.',
    query: {
      since: {
        type: 'string',
        default: '0',
        description: 'From when on: 15m, 2h or 7d ago, a time like 2026-01-31T08:00Z, or milliseconds since the epoch.',
      },
      limit: { type: 'integer', minimum: 0, maximum: 1_000_000, default: 1000, description: 'At most so many.' },
    },
    answers: {
      200: { description: 'An event a line.', content: { [LINES_TYPE]: ['Event'] } },
      400: { description: 'A parameter is wrong.', content: { [JSON_TYPE]: ['Error'] } },
    },
  },
  'GET /tap': {
    summary: 'Live events, as long as the client listens.',
    query: {
      stage: { type: 'string', description: 'As they leave this stage; else as they leave their pipeline.' },
      pipeline: { type: 'string', description: 'Only events of this one.' },
    },
    answers: {
      200: {
        description:
          'An event a line; {"missed":N} where the client was too slow for N events; empty lines while nothing happens.',
        content: { [LINES_TYPE]: ['Event'] },
      },
      400: { description: 'A parameter is wrong.', content: { [JSON_TYPE]: ['Error'] } },
      404: { description: 'There is no such stage or pipeline.', content: { [JSON_TYPE]: ['Error'] } },
      503: {
        description: 'Too many taps are open. Come again after Retry-After.',
        content: { [JSON_TYPE]: ['Error'] },
      },
    },
  },
  'GET /': {
    summary: 'The dashboard: a page for people.',
    answers: { 200: { description: 'One file with everything in it.', content: { 'text/html': [] } } },
  },
  'GET /dashboard/feed': {
    summary: 'What the dashboard shows: the numbers of /metrics as server-sent events, one a second.',
    answers: {
      200: {
        description:
          'Each is {at, role, samples}; a sample is [name, labels, value]. In a fleet also members, as GET /fleet has them.',
        content: { 'text/event-stream': [] },
      },
      503: { description: 'Too many look. Come again after Retry-After.', content: { [JSON_TYPE]: ['Error'] } },
    },
  },
  'GET /dead-letters': {
    summary: 'The newest dead letters of all pipelines, the newest first.',
    answers: { 200: { description: 'At most 20.', content: { [JSON_TYPE]: [] } } },
  },
  'POST /dead-letters/redrive': {
    summary: 'Send the dead letters that were not driven again yet through their pipelines once more.',
    answers: {
      200: {
        description:
          'What became of them: input, output, filtered, dead_lettered; left: they hold no event, or name no pipeline of the config; driven_before: they were driven at another time, and are passed over; stopped: why not all were driven.',
        content: { [JSON_TYPE]: [] },
      },
      409: { description: 'That is under way already.', content: { [JSON_TYPE]: ['Error'] } },
    },
  },
  'GET /health': {
    summary: 'How each part is.',
    answers: { 200: { description: 'Also when something is not well.', content: { [JSON_TYPE]: ['Health'] } } },
  },
  'GET /readyz': {
    summary: 'Whether events should be sent here.',
    answers: {
      200: { description: 'Yes.', content: { [JSON_TYPE]: ['Readiness'] } },
      503: { description: 'No, and why.', content: { [JSON_TYPE]: ['Readiness'] } },
    },
  },
  'GET /fleet': {
    summary: 'The daemons that share the work.',
    answers: {
      200: {
        description: 'Those who were seen lately, in the order in which they came.',
        content: { [JSON_TYPE]: ['Fleet'] },
      },
      404: { description: 'This daemon works alone.', content: { [JSON_TYPE]: ['Error'] } },
    },
  },
  'GET /livez': {
    summary: 'That the daemon lives. Asks for no token.',
    answers: { 200: { description: 'It does.', content: { [JSON_TYPE]: ['Liveness'] } } },
  },
  'GET /metrics': {
    summary: 'Metrics for Prometheus.',
    answers: { 200: { description: 'Text of the exposition format.', content: { 'text/plain': [] } } },
  },
  'GET /metrics.json': {
    summary: 'The few most important metrics.',
    answers: { 200: { description: 'Sums since the start.', content: { [JSON_TYPE]: ['MetricsSummary'] } } },
  },
  'GET /openapi.json': {
    summary: 'This description.',
    answers: { 200: { description: 'An OpenAPI document.', content: { [JSON_TYPE]: [] } } },
  },
};

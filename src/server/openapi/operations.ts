import type { Schema, SchemaName } from './schemas.js';

/** What a status means, and its body. */
export interface Answer {
  readonly description: string;
  /** Possible bodies, by media type; empty: no schema. */
  readonly content?: Readonly<Record<string, readonly SchemaName[]>>;
}

/** The description of a route. */
export interface OpenApiOperation {
  readonly summary: string;
  readonly query?: Readonly<Record<string, Schema & { readonly description: string }>>;
  readonly headers?: Readonly<Record<string, Schema & { readonly description: string }>>;
  /** The body, by media type. */
  readonly body?: Readonly<Record<string, Schema>>;
  /** The answers, without the errors that every route has. */
  readonly answers: Readonly<Record<number, Answer>>;
}

const JSON_TYPE = 'application/json';
const LINES_TYPE = 'application/x-ndjson';

const postEvents: OpenApiOperation = {
  summary: 'Store one event or many. Acknowledged events are on the disk.',
  headers: {
    'idempotency-key': {
      type: 'string',
      minLength: 1,
      maxLength: 255,
      description:
        'A repeated request with the same key stores nothing twice. In a stream, each line is recognized by its content.',
    },
  },
  body: {
    [JSON_TYPE]: { description: 'The data of one event: any JSON.' },
    [LINES_TYPE]: { type: 'string', description: 'A stream of events, one JSON value a line, of any length.' },
  },
  answers: {
    202: {
      description: 'Stored: the event (its id), or the stream (counts, and each rejected line with the reason).',
      content: { [JSON_TYPE]: ['Accepted', 'LinesAccepted'] },
    },
    400: { description: 'The body is not an event, or none of its lines is.', content: { [JSON_TYPE]: ['Error'] } },
    408: { description: 'The body arrived too slowly.', content: { [JSON_TYPE]: ['Error'] } },
    413: { description: 'The body is too large.', content: { [JSON_TYPE]: ['Error'] } },
    415: {
      description: 'Neither JSON nor lines of JSON, by its type or encoding.',
      content: { [JSON_TYPE]: ['Error'] },
    },
    422: {
      description: 'The Idempotency-Key was used with another event before.',
      content: { [JSON_TYPE]: ['Error'] },
    },
    503: {
      description:
        'Not stored: too many events are waiting for the disk, or the disk fails. Retry after the time in Retry-After.',
      content: { [JSON_TYPE]: ['Error'] },
    },
  },
};

/** Every route, by method and path. A test compares this with what the server answers. */
export const OPERATIONS: Readonly<Record<string, OpenApiOperation>> = {
  'POST /events': postEvents,
  'POST /events/:pipeline': { ...postEvents, summary: 'The same, for a pipeline by name.' },
  'GET /events': {
    summary: 'Stored events, oldest first.',
    query: {
      since: {
        type: 'string',
        default: '0',
        description:
          'The start time: 15m, 2h or 7d ago, a time like 2026-01-31T08:00Z, or milliseconds since the epoch.',
      },
      limit: {
        type: 'integer',
        minimum: 0,
        maximum: 1_000_000,
        default: 1000,
        description: 'The maximum number of events.',
      },
    },
    answers: {
      200: { description: 'One event per line.', content: { [LINES_TYPE]: ['Event'] } },
      400: { description: 'A parameter is wrong.', content: { [JSON_TYPE]: ['Error'] } },
    },
  },
  'GET /tap': {
    summary: 'Live events, as long as the client listens.',
    query: {
      stage: { type: 'string', description: 'As they leave this stage; default: as they leave their pipeline.' },
      pipeline: { type: 'string', description: 'Only events of this pipeline.' },
    },
    answers: {
      200: {
        description:
          'One event per line; {"missed":N} where the client was too slow for N events; empty lines while nothing happens.',
        content: { [LINES_TYPE]: ['Event'] },
      },
      400: { description: 'A parameter is wrong.', content: { [JSON_TYPE]: ['Error'] } },
      404: { description: 'The stage or pipeline does not exist.', content: { [JSON_TYPE]: ['Error'] } },
      503: {
        description: 'Too many taps are open. Retry after the time in Retry-After.',
        content: { [JSON_TYPE]: ['Error'] },
      },
    },
  },
  'GET /': {
    summary: 'The dashboard: a page for people.',
    answers: { 200: { description: 'One file with everything in it.', content: { 'text/html': [] } } },
  },
  'GET /dashboard/feed': {
    summary: "The dashboard's data: the numbers of /metrics as server-sent events, one per second.",
    answers: {
      200: {
        description:
          'First an event `history`: the points of the last hour, one every 5 seconds, [at, in, processed, failed, p50, p95, p99]: rates per second, latencies in seconds or null. Then events {at, role, samples}; a sample is [name, labels, value]. In a fleet also members, as in GET /fleet; while there are batches also batches, as in GET /batches; every 5 seconds also the new point.',
        content: { 'text/event-stream': [] },
      },
      503: {
        description: 'Too many dashboards are open. Retry after the time in Retry-After.',
        content: { [JSON_TYPE]: ['Error'] },
      },
    },
  },
  'GET /batches': {
    summary: 'The batches of requests to AI providers that have not ended.',
    answers: {
      200: {
        description:
          'batches: the newest, at most 20, newest first, each with its id, pipeline, stage, provider, model and state (as in /metrics), the number of its requests (rows; null while they are collected), how many are answered (done), when it was begun (created) and when what has no answer is asked live (deadline, or null), in milliseconds since the epoch, and what it costs at most in US dollars (at_most, or null). open: how many there are.',
        content: { [JSON_TYPE]: [] },
      },
    },
  },
  'GET /dead-letters': {
    summary: 'The newest dead letters of all pipelines, and the reasons for them.',
    answers: {
      200: {
        description:
          'letters: the newest, at most 20, newest first. groups: the reasons, at most 50, the most frequent first, each with its pipeline, stage, kind, count, and an example. looked: how many letters the groups count; whole: whether these are all, or only the newest of each file.',
        content: { [JSON_TYPE]: [] },
      },
    },
  },
  'GET /dead-letters/redrive': {
    summary: 'What retrying the dead letters would do. Changes nothing.',
    answers: {
      200: {
        description:
          'pipelines: for each, its name, the letters that would be retried, its outputs, whether its stages ask AI providers (asks_ai), and why it would be refused, if so (refused). left and driven_before as in the result of a retry; more: there are more letters than were counted.',
        content: { [JSON_TYPE]: [] },
      },
      409: { description: 'A retry is already under way.', content: { [JSON_TYPE]: ['Error'] } },
    },
  },
  'POST /dead-letters/redrive': {
    summary: 'Send the dead letters that were not retried yet through their pipelines again.',
    answers: {
      200: {
        description:
          'The result: input, output, filtered, dead_lettered; left: they hold no event, or name no pipeline of the config; driven_before: they were retried before and are skipped; stopped: why not all were retried.',
        content: { [JSON_TYPE]: [] },
      },
      409: { description: 'A retry is already under way.', content: { [JSON_TYPE]: ['Error'] } },
    },
  },
  'GET /health': {
    summary: 'The health of each part.',
    answers: { 200: { description: 'Also when a part is not healthy.', content: { [JSON_TYPE]: ['Health'] } } },
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
        description: 'The visible members, in the order in which they joined.',
        content: { [JSON_TYPE]: ['Fleet'] },
      },
      404: { description: 'This daemon works alone.', content: { [JSON_TYPE]: ['Error'] } },
    },
  },
  'GET /livez': {
    summary: 'Whether the daemon is alive. Requires no token.',
    answers: { 200: { description: 'It is alive.', content: { [JSON_TYPE]: ['Liveness'] } } },
  },
  'GET /metrics': {
    summary: 'Metrics for Prometheus.',
    answers: { 200: { description: 'Text in the exposition format.', content: { 'text/plain': [] } } },
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

/** A JSON Schema as used in OpenAPI 3.1. */
export type Schema = Readonly<Record<string, unknown>>;

const text: Schema = { type: 'string' };
const count: Schema = { type: 'integer', minimum: 0 };
const milliseconds: Schema = { type: 'integer', description: 'Milliseconds since the epoch.' };

function object(properties: Readonly<Record<string, Schema>>, optional: readonly string[] = []): Schema {
  return {
    type: 'object',
    properties,
    required: Object.keys(properties).filter((name) => !optional.includes(name)),
    additionalProperties: false,
  };
}

const lineCounts = {
  accepted: count,
  duplicates: { ...count, description: 'Of the accepted events: those stored before, by their idempotency keys.' },
  refused: count,
  errors: {
    type: 'array',
    maxItems: 100,
    items: object({ line: { type: 'integer', minimum: 1 }, error: text, message: text }),
    description: 'The first rejected lines.',
  },
};

/** The parts of requests and answers, by name. */
export const SCHEMAS = {
  Error: object(
    {
      error: { ...text, description: 'Stable text, for programs to match.' },
      message: { ...text, description: 'An explanation for people.' },
      line: {
        ...count,
        description: 'Where the JSON becomes invalid; in a stream, the first line that is not stored.',
      },
      column: count,
      ...lineCounts,
    },
    ['message', 'line', 'column', ...Object.keys(lineCounts)],
  ),
  Accepted: object({ status: { const: 'accepted' }, id: { ...text, format: 'uuid' } }),
  LinesAccepted: object({ status: { const: 'accepted' }, ...lineCounts }),
  Event: object({
    id: { ...text, format: 'uuid', description: 'Unique, and sorts by time (UUIDv7).' },
    timestamp: { ...milliseconds, description: 'When it came in, milliseconds since the epoch.' },
    data: { description: 'Any JSON.' },
    metadata: {
      type: 'object',
      properties: { source: text, pipeline: text, retry_count: count, routing_key: text },
      required: ['source', 'pipeline', 'retry_count'],
    },
  }),
  Health: object({
    status: { enum: ['healthy', 'degraded'] },
    timestamp: milliseconds,
    components: {
      type: 'array',
      items: object(
        {
          name: text,
          status: { enum: ['healthy', 'degraded', 'unhealthy', 'stopped'] },
          error: text,
          memory_events: count,
          redriven: { ...count, description: 'While dead letters are retried: how many were.' },
          bytes_left: { ...count, description: 'Bytes of their files that are left.' },
        },
        ['error', 'memory_events', 'redriven', 'bytes_left'],
      ),
    },
  }),
  Readiness: object({ status: { enum: ['ready', 'not ready'] }, reasons: { type: 'array', items: text } }),
  Fleet: object({
    members: {
      type: 'array',
      items: object({
        host: text,
        pid: count,
        since: { ...milliseconds, description: 'When it started, milliseconds since the epoch.' },
        url: { ...text, description: 'Where it listens.' },
        pipelines: {
          type: 'array',
          items: object({ name: text, state: text, input: count, output: count, dead_lettered: count }),
        },
      }),
    },
  }),
  Liveness: object({ status: { const: 'ok' } }),
  MetricsSummary: {
    ...object({
      events_processed: count,
      events_failed: count,
      active_connections: count,
      average_processing_time_ms: { type: 'number', minimum: 0 },
      error_rate: { type: 'number', minimum: 0, maximum: 1 },
    }),
    additionalProperties: true,
  },
} as const satisfies Readonly<Record<string, Schema>>;

export type SchemaName = keyof typeof SCHEMAS;

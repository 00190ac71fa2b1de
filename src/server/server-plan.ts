import type { RequestRateLimits } from './access/index.js';

/** The server's plan. It may change while the server runs: each request uses the current one. */
export interface ServerPlan {
  /** The largest number of bytes in a request's body, and in a line of a stream. */
  readonly bodyBytesMax: number;
  /** Levels of nesting that data may have. */
  readonly depthMax: number;
  /** Events of a stream that are appended at a time: a fraction of the queue, so that other requests get their turn. */
  readonly entriesMax: number;
  /** The pipelines that events can be sent to; undefined: events are only stored, for a pipeline with any name. */
  readonly pipelines: ReadonlySet<string> | undefined;
  readonly limits: RequestRateLimits;
  /** The names of each pipeline's stages. */
  readonly stages: ReadonlyMap<string, readonly string[]>;
  /** JSON Pointer to an event's idempotency key. */
  readonly idempotencyPointer: string | undefined;
}

import type { RequestRateLimits } from './access/index.js';

/** What the server goes by. May change while it runs: each request takes the settings of its moment. */
export interface ServerPlan {
  /** Bytes of a request's body, and of a line of a streamed one. */
  readonly bodyBytesMax: number;
  /** Levels of nesting that data may have. */
  readonly depthMax: number;
  /** Events of a stream that are appended at a time: a part of the queue, so that others get their turn. */
  readonly entriesMax: number;
  /** The pipelines that events can be sent to; undefined: events are only stored, for a pipeline of any name. */
  readonly pipelines: ReadonlySet<string> | undefined;
  readonly limits: RequestRateLimits;
  /** The names of each pipeline's stages. */
  readonly stages: ReadonlyMap<string, readonly string[]>;
  /** JSON Pointer to where an event carries its idempotency key. */
  readonly idempotencyPointer: string | undefined;
}

import type { Json } from 'computo-js';

/** Where an event came from and where it goes. The keys are those of the stored envelope. */
export interface EventMetadata {
  readonly source: string;
  readonly pipeline: string;
  readonly routing_key?: string;
  /** How often the event was driven through a pipeline again after it failed. */
  readonly retry_count: number;
}

/** One event: also exactly one line of the stored log. */
export interface Event {
  /** A UUIDv7: unique, and sorts by time. */
  readonly id: string;
  /** Milliseconds since the epoch, of ingestion. An integer. */
  readonly timestamp: number;
  readonly data: Json;
  readonly metadata: EventMetadata;
}

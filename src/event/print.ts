import { AFTER_ID, BEFORE_DATA, BEFORE_ID, BEFORE_METADATA } from './frame.js';
import type { StoredOrigin } from './read.js';

/** An event's `metadata`. */
export interface EnvelopeMetadata {
  readonly source: string;
  readonly pipeline: string;
  /** The routing key. */
  readonly key: string | undefined;
  /** See {@link StoredOrigin.afterStage}. */
  readonly afterStage?: string | undefined;
  readonly retryCount: number;
}

/**
 * Prints an event as its line. The data is JSON text already and is copied unchanged.
 *
 * @param data one JSON value without line breaks
 */
export function envelopeText(id: string, timestamp: number, data: string, metadata: EnvelopeMetadata): string {
  const { source, pipeline, key, afterStage, retryCount } = metadata;
  const after = afterStage === undefined ? '' : `"after_stage":${JSON.stringify(afterStage)},`;
  const routing = key === undefined ? '' : `"routing_key":${JSON.stringify(key)},`;
  return (
    `${BEFORE_ID}${id}${AFTER_ID}${timestamp}${BEFORE_DATA}${data}${BEFORE_METADATA}{"source":${JSON.stringify(source)},` +
    `"pipeline":${JSON.stringify(pipeline)},${routing}${after}"retry_count":${retryCount}}}`
  );
}

/**
 * Returns the metadata of a new event.
 *
 * @param more `refused`: why the line is not an event; `tick`: the line is a tick, not an event
 */
export function metadataText(
  source: string,
  pipeline: string,
  more: Pick<StoredOrigin, 'refused' | 'tick'> = {},
): string {
  return JSON.stringify({ source, pipeline, retry_count: 0, ...more });
}

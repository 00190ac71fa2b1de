/** An event's `metadata`. */
export interface EnvelopeMetadata {
  readonly source: string;
  readonly pipeline: string;
  /** The routing key. */
  readonly key: string | undefined;
  readonly retryCount: number;
}

/**
 * The event as its line, around data that is JSON text already: nothing of the data is printed anew.
 *
 * @param data one JSON value without line breaks
 */
export function envelopeText(id: string, timestamp: number, data: string, metadata: EnvelopeMetadata): string {
  const { source, pipeline, key, retryCount } = metadata;
  const routing = key === undefined ? '' : `"routing_key":${JSON.stringify(key)},`;
  return (
    `{"id":"${id}","timestamp":${timestamp},"data":${data},"metadata":{"source":${JSON.stringify(source)},` +
    `"pipeline":${JSON.stringify(pipeline)},${routing}"retry_count":${retryCount}}}`
  );
}

/** What of `metadata` differs between the events of a run. */
export interface EnvelopeMetadata {
  readonly source: string;
  readonly pipeline: string;
  readonly key: string | undefined;
}

/**
 * The event as its line, around data that is JSON text already: nothing of the data is printed anew.
 *
 * @param data one JSON value without line breaks
 */
export function envelopeText(id: string, timestamp: number, data: string, metadata: EnvelopeMetadata): string {
  const { source, pipeline, key } = metadata;
  const routing = key === undefined ? '' : `"routing_key":${JSON.stringify(key)},`;
  return (
    `{"id":"${id}","timestamp":${timestamp},"data":${data},"metadata":{"source":${JSON.stringify(source)},` +
    `"pipeline":${JSON.stringify(pipeline)},${routing}"retry_count":0}}`
  );
}

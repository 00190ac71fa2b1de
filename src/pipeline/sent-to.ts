import { readStoredEvent } from './stored-event.js';

const BEFORE_METADATA = Buffer.from(',"metadata":{');

/** Metadata texts that are remembered: few differ, unless routing keys do. */
const REMEMBERED_MAX = 1000;

/** Reads off a stored event's line, from `start` to `end` of the bytes, which pipeline it was sent to; undefined: it is no event. */
export type PipelineOfLine = (bytes: Buffer, start: number, end: number) => string | undefined;

export function pipelineOfLine(): PipelineOfLine {
  const known = new Map<string, string | undefined>();
  return (bytes, start, end) => {
    const at = bytes.lastIndexOf(BEFORE_METADATA, end);
    const metadata = bytes.toString('latin1', Math.max(at, start), end);
    if (known.has(metadata)) return known.get(metadata);
    const pipeline = readStoredEvent(bytes.toString('utf8', start, end))?.origin.pipeline;
    if (known.size >= REMEMBERED_MAX) known.clear();
    known.set(metadata, pipeline);
    return pipeline;
  };
}

/** Tells the events of one pipeline from others by their lines, as the log stores them. */
export function sentTo(pipeline: string): (bytes: Buffer, start: number, end: number) => boolean {
  const pipelineOf = pipelineOfLine();
  return (bytes, start, end) => pipelineOf(bytes, start, end) === pipeline;
}

import { BEFORE_METADATA } from './frame.js';
import { readStoredEvent } from './read.js';

const METADATA_BEGINS = Buffer.from(`${BEFORE_METADATA}{`);

/** Metadata texts that are remembered: few differ, unless routing keys do. */
const REMEMBERED_MAX = 1000;

/** Reads off a stored event's line, from `start` to `end` of the bytes, which pipeline it was sent to; undefined: it is no event. */
export type PipelineOfLine = (bytes: Buffer, start: number, end: number) => string | undefined;

export function pipelineOfLine(): PipelineOfLine {
  const known = new Map<string, string>();
  /** The metadata of the last event, which most share with the one before. */
  let last = { metadata: Buffer.alloc(0), pipeline: '' };
  return (bytes, start, end) => {
    if (last.metadata.length > 0 && endsIn(bytes, start, end, last.metadata)) return last.pipeline;
    const at = Math.max(bytes.lastIndexOf(METADATA_BEGINS, end), start);
    const metadata = bytes.toString('latin1', at, end);
    const pipeline = known.get(metadata) ?? readStoredEvent(bytes.toString('utf8', start, end))?.origin.pipeline;
    // What is no event says nothing of others that end alike.
    if (pipeline === undefined || at === start) return pipeline;
    if (known.size >= REMEMBERED_MAX) known.clear();
    known.set(metadata, pipeline);
    last = { metadata: Buffer.from(bytes.subarray(at, end)), pipeline };
    return pipeline;
  };
}

function endsIn(bytes: Buffer, start: number, end: number, tail: Buffer): boolean {
  const from = end - tail.length;
  if (from < start) return false;
  // From its end: that is where the first difference is soon met.
  for (let at = tail.length - 1; at >= 0; at--) if (bytes[from + at] !== tail[at]) return false;
  return true;
}

/** Tells the events of one pipeline from others by their lines, as the log stores them. */
export function sentTo(pipeline: string): (bytes: Buffer, start: number, end: number) => boolean {
  const pipelineOf = pipelineOfLine();
  return (bytes, start, end) => pipelineOf(bytes, start, end) === pipeline;
}

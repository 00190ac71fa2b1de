import { BEFORE_METADATA } from './frame.js';
import { readStoredEvent } from './read.js';

const METADATA_BEGINS = Buffer.from(`${BEFORE_METADATA}{`);

/** How many metadata texts are cached: there are few distinct ones, unless routing keys vary. */
const REMEMBERED_MAX = 1000;

/**
 * Reads the pipeline that a stored event was sent to, from the bytes `start` to `end` of its line; undefined: not an
 * event.
 */
export type PipelineOfLine = (bytes: Buffer, start: number, end: number) => string | undefined;

export function pipelineOfLine(): PipelineOfLine {
  const known = new Map<string, string>();
  /** The metadata of the last event; most events share it with the one before. */
  let last = { metadata: Buffer.alloc(0), pipeline: '' };
  return (bytes, start, end) => {
    if (last.metadata.length > 0 && endsIn(bytes, start, end, last.metadata)) return last.pipeline;
    const at = Math.max(bytes.lastIndexOf(METADATA_BEGINS, end), start);
    const metadata = bytes.toString('latin1', at, end);
    const pipeline = known.get(metadata) ?? readStoredEvent(bytes.toString('utf8', start, end))?.origin.pipeline;
    // A line that is not an event says nothing about others with the same ending.
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
  // From the end: differences show up there first.
  for (let at = tail.length - 1; at >= 0; at--) if (bytes[from + at] !== tail[at]) return false;
  return true;
}

/** Distinguishes the events of one pipeline from others by their lines, as the log stores them. */
export function sentTo(pipeline: string): (bytes: Buffer, start: number, end: number) => boolean {
  const pipelineOf = pipelineOfLine();
  return (bytes, start, end) => pipelineOf(bytes, start, end) === pipeline;
}

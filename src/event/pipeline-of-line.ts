import { BEFORE_METADATA } from './frame.js';
import { readStoredEvent } from './read.js';

const METADATA_BEGINS = Buffer.from(`${BEFORE_METADATA}{`);

/** How many metadata texts are cached. There are few distinct ones unless routing keys vary. */
const REMEMBERED_MAX = 1000;

/** Returns the pipeline of the stored event in the bytes `start` to `end`, or undefined if they are not an event. */
export type PipelineOfLine = (bytes: Buffer, start: number, end: number) => string | undefined;

export function pipelineOfLine(): PipelineOfLine {
  const known = new Map<string, string>();
  /** The metadata of the previous event, which most events share. */
  let last = { metadata: Buffer.alloc(0), pipeline: '' };
  return (bytes, start, end) => {
    if (last.metadata.length > 0 && endsIn(bytes, start, end, last.metadata)) return last.pipeline;
    const at = Math.max(bytes.lastIndexOf(METADATA_BEGINS, end), start);
    const metadata = bytes.toString('latin1', at, end);
    const pipeline = known.get(metadata) ?? readStoredEvent(bytes.toString('utf8', start, end))?.origin.pipeline;
    // A line that is not an event proves nothing about other lines with the same ending.
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
  // Backwards, because differences show up at the end first.
  for (let at = tail.length - 1; at >= 0; at--) if (bytes[from + at] !== tail[at]) return false;
  return true;
}

/** Returns a function that tells whether a line, as the log stores it, is an event of the pipeline. */
export function sentTo(pipeline: string): (bytes: Buffer, start: number, end: number) => boolean {
  const pipelineOf = pipelineOfLine();
  return (bytes, start, end) => pipelineOf(bytes, start, end) === pipeline;
}

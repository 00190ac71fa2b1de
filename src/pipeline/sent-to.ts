import { readStoredEvent } from './stored-event.js';

const BEFORE_METADATA = Buffer.from(',"metadata":{');

/** Metadata texts that are remembered: few differ, unless routing keys do. */
const REMEMBERED_MAX = 1000;

/**
 * Tells the events of one pipeline from others by their lines, as the log stores them.
 *
 * @returns whether the event that stands in `bytes` from `start` to `end` was sent to the pipeline
 */
export function sentTo(pipeline: string): (bytes: Buffer, start: number, end: number) => boolean {
  const answers = new Map<string, boolean>();
  return (bytes, start, end) => {
    const at = bytes.lastIndexOf(BEFORE_METADATA, end);
    const metadata = bytes.toString('latin1', Math.max(at, start), end);
    const known = answers.get(metadata);
    if (known !== undefined) return known;
    const answer = readStoredEvent(bytes.toString('utf8', start, end))?.origin.pipeline === pipeline;
    if (answers.size >= REMEMBERED_MAX) answers.clear();
    answers.set(metadata, answer);
    return answer;
  };
}

import { remainsText, type Remains } from './dead-letter.js';
import { EventFailure } from './failure.js';
import type { RefusedLine } from './stored-event.js';

/** Where a refused line came from. */
export interface RefusedOrigin {
  readonly source: string;
  readonly pipeline: string;
  /** Within its input, from 1. */
  readonly line: number;
}

/**
 * A line that is no event, as the log stores it: so that its dead letter is written once, where the pipeline wants it, whatever
 * happens between.
 *
 * @param rawMax what is kept of the line at most, in characters or bytes
 * @returns JSON texts
 */
export function refusedRecord(
  { kind, message }: EventFailure,
  remains: Exclude<Remains, { readonly envelope: string }>,
  { source, pipeline, line }: RefusedOrigin,
  rawMax: number,
): { readonly data: string; readonly metadata: string } {
  const refused: RefusedLine = { kind, message, line };
  return {
    data: `{${remainsText(remains, rawMax)}}`,
    metadata: JSON.stringify({ source, pipeline, retry_count: 0, refused }),
  };
}

/** The failure of a stored line that was refused when it came in, and what is left of it. */
export function refusedBefore(refused: RefusedLine, data: string): [EventFailure, Remains] {
  const { raw, raw_encoding: encoding, raw_truncated_from: wholeBytes } = JSON.parse(data) as KeptLine;
  const failure = new EventFailure(refused.kind, refused.message);
  if (encoding === undefined && wholeBytes === undefined) return [failure, { text: raw }];
  const bytes = Buffer.from(raw, encoding ?? 'utf8');
  return [failure, { bytes, lineBytes: wholeBytes ?? bytes.length }];
}

/** What {@link remainsText} leaves of a line. */
interface KeptLine {
  readonly raw: string;
  readonly raw_encoding?: 'base64';
  readonly raw_truncated_from?: number;
}

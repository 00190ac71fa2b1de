import { metadataText, type RefusedLine } from '../../event/index.js';
import { remainsText, type Remains } from '../dead-letter.js';
import { EventFailure, type FailureKind } from '../failure.js';

/** Where a rejected line came from. */
export interface RefusedOrigin {
  readonly source: string;
  readonly pipeline: string;
  /** Within its input, from 1. */
  readonly line: number;
}

/**
 * The log record of a line that is not an event. Storing it ensures that its dead letter is written once, where the pipeline
 * wants it, whatever happens in between.
 *
 * @param rawMax the maximum length of the line that is kept, in characters or bytes
 * @returns JSON texts
 */
export function refusedRecord(
  { kind, message }: EventFailure,
  remains: Exclude<Remains, { readonly envelope: string }>,
  { source, pipeline, line }: RefusedOrigin,
  rawMax: number,
): { readonly data: string; readonly metadata: string } {
  return {
    data: `{${remainsText(remains, rawMax)}}`,
    metadata: metadataText(source, pipeline, { refused: { kind, message, line } }),
  };
}

/**
 * The failure of a stored line that was rejected when it came in, and what is left of the line.
 *
 * @throws EventFailure when the data does not come from {@link refusedRecord}
 */
export function refusedBefore(refused: RefusedLine, data: string): [EventFailure, Remains] {
  const { raw, encoding, wholeBytes } = readKeptLine(data);
  const failure = new EventFailure(refused.kind as FailureKind, refused.message);
  if (encoding === undefined && wholeBytes === undefined) return [failure, { text: raw }];
  const bytes = Buffer.from(raw, encoding ?? 'utf8');
  return [failure, { bytes, lineBytes: wholeBytes ?? bytes.length }];
}

/** What {@link remainsText} keeps of a line. */
interface KeptLine {
  readonly raw: string;
  readonly encoding: 'base64' | undefined;
  readonly wholeBytes: number | undefined;
}

function readKeptLine(data: string): KeptLine {
  const kept: unknown = ifJson(data);
  if (typeof kept !== 'object' || kept === null || !('raw' in kept) || typeof kept.raw !== 'string') {
    throw new EventFailure('invalid_json', 'the line says that it was refused, and does not hold what was');
  }
  const encoding = 'raw_encoding' in kept && kept.raw_encoding === 'base64' ? 'base64' : undefined;
  const wholeBytes = 'raw_truncated_from' in kept ? kept.raw_truncated_from : undefined;
  return { raw: kept.raw, encoding, wholeBytes: typeof wholeBytes === 'number' ? wholeBytes : undefined };
}

function ifJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

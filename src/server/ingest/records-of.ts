import { metadataText } from '../../event/index.js';
import type { LogEntry } from '../../log/index.js';
import { refusedRecord, tooLong, type EventFailure } from '../../pipeline/index.js';
import type { Block } from '../../sources/index.js';
import { entryOf } from '../entries.js';
import type { EventReader } from '../event-reader.js';
import { withNewline } from '../with-newline.js';

/** The most bytes kept of a line that is too long. */
const HEAD_BYTES = 4096;

/** How lines are read. */
export interface LineReading {
  readonly reader: EventReader;
  readonly lineBytesMax: number;
}

/** The origin of lines. */
export interface LineOrigin {
  /** For `metadata.source`. */
  readonly source: string;
  readonly pipeline: string;
  /** Returns the idempotency key for a line without its own, counted from 1; undefined: there is none. */
  readonly keyOf?: (line: number) => string;
}

type Remains = Parameters<typeof refusedRecord>[1];

/**
 * Makes a record of each line: an event, or a rejected line, whose dead letter the pipeline will write.
 *
 * @param linesBefore lines of the input before this block
 * @returns the records, how many of them are rejected lines, and how many lines there were, including blank ones
 */
export function recordsOf(
  block: Block,
  linesBefore: number,
  { reader, lineBytesMax }: LineReading,
  { source, pipeline, keyOf }: LineOrigin,
): { readonly entries: readonly LogEntry[]; readonly refused: number; readonly lines: number } {
  const entries: LogEntry[] = [];
  let refused = 0;
  const refuse = (failure: EventFailure, remains: Remains, lineInBlock: number, rawMax = lineBytesMax): void => {
    refused += 1;
    const line = linesBefore + lineInBlock + 1;
    const { data, metadata } = refusedRecord(failure, remains, { source, pipeline, line }, rawMax);
    entries.push(entryOf(data, metadata, pipeline, keyOf?.(line)));
  };
  if (block.kind === 'overlong') {
    refuse(tooLong(block.lineBytes, lineBytesMax), { bytes: block.head, lineBytes: block.lineBytes }, 0);
    return { entries, refused, lines: 1 };
  }
  const metadata = metadataText(source, pipeline);
  const bytes = withNewline(block.bytes);
  const lines = reader.readLines(
    bytes,
    (start, end, key, lineInBlock) => {
      const data = bytes.subarray(start, end);
      if (data.length <= lineBytesMax) {
        entries.push(entryOf(data, metadata, pipeline, key ?? keyOf?.(linesBefore + lineInBlock + 1)));
      } else {
        refuse(tooLong(data.length, lineBytesMax), { text: data.toString() }, lineInBlock, HEAD_BYTES);
      }
    },
    (failure, line, lineInBlock) => {
      const remains =
        failure.kind === 'invalid_utf8' ? { bytes: line, lineBytes: line.length } : { text: line.toString() };
      refuse(failure, remains, lineInBlock);
    },
  );
  return { entries, refused, lines };
}

import { isIntact, NEWLINE } from '../format/line.js';
import { idOfLine, timestampOfLine } from '../../event/index.js';
import { readChunks } from '../read/chunks.js';
import { firstLineFrom } from '../read/line-search.js';
import type { SegmentSource } from '../segment/segment-source.js';
import { INDEX_STEP_BYTES, type IndexEntry, type RecordMark, type SegmentSummary } from './segment-index.js';

const BLOCK_BYTES = 1 << 20;

/** The index of a whole segment, or of the current part of a growing one. */
export interface BuiltIndex {
  readonly entries: readonly IndexEntry[];
  readonly summary: SegmentSummary;
}

/**
 * Builds the index of a segment from its bytes, continuing where `known` ends if the bytes there agree. Skips damaged lines:
 * reporting them is the reader's task.
 *
 * @param to where the segment currently ends
 */
export async function buildIndex(
  source: SegmentSource,
  to: number,
  known: readonly IndexEntry[] = [],
): Promise<BuiltIndex> {
  const entries = (await agrees(source, to, known)) ? [...known] : [];
  const start = entries.pop() ?? { offset: 0, records: 0 };
  const firstLine = await firstLineFrom(source, 0, to);
  let records = start.records;
  let last: RecordMark | undefined;
  let nextEntry = start.offset === 0 ? INDEX_STEP_BYTES : start.offset;

  for await (const chunk of readChunks(source, start.offset, to, BLOCK_BYTES)) {
    if (chunk.kind !== 'lines') continue;
    const { bytes, offset } = chunk;
    let lastIntact: number | undefined;
    for (let at = 0; at < bytes.length;) {
      const newline = bytes.indexOf(NEWLINE, at);
      if (isIntact(bytes, at, newline)) {
        const timestamp = offset + at >= nextEntry ? timestampOfLine(bytes, at) : undefined;
        if (timestamp !== undefined) {
          entries.push({ offset: offset + at, records, timestamp });
          nextEntry = offset + at + INDEX_STEP_BYTES;
        }
        records += 1;
        lastIntact = at;
      }
      at = newline + 1;
    }
    if (lastIntact !== undefined) last = markAt(bytes, lastIntact) ?? last;
  }
  const first = firstLine === undefined ? null : { id: firstLine.id, timestamp: firstLine.timestamp };
  return { entries, summary: { bytes: to, records, first, last: last ?? first } };
}

/** Whether the record in the last entry exists. */
async function agrees(source: SegmentSource, to: number, entries: readonly IndexEntry[]): Promise<boolean> {
  const last = entries.at(-1);
  if (last === undefined || last.offset >= to) return false;
  const line = await firstLineFrom(source, last.offset, to);
  return line?.offset === last.offset && line.timestamp === last.timestamp;
}

function markAt(bytes: Buffer, at: number): RecordMark | undefined {
  const id = idOfLine(bytes, at);
  const timestamp = timestampOfLine(bytes, at);
  return id === undefined || timestamp === undefined ? undefined : { id, timestamp };
}

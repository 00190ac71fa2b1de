/*
 * The index of a segment: a few guarded lines that say where in the segment times lie.
 *
 *   {"offset":1048576,"records":5321,"timestamp":1752195600000,"crc":"…"}     about one per megabyte
 *   {"bytes":104857311,"records":532104,"first":{"id":"…","timestamp":…},"last":{…},"crc":"…"}     when it is finished
 *
 * The first line says: a record with this timestamp starts at `offset`, and `records` records lie before it. The second
 * counts the whole segment. Lines are added without a sync: those that a crash loses are recreated from the segment. The
 * index only speeds things up, and is trusted only where the segment's own bytes agree.
 */
import { guardedLine, NEWLINE, readGuardedLine } from '../format/line.js';

/** Bytes of a segment between two entries of its index. */
export const INDEX_STEP_BYTES = 1 << 20;

export interface IndexEntry {
  readonly offset: number;
  /** Records before `offset`. */
  readonly records: number;
  /** The timestamp of the record at `offset`, in milliseconds since the epoch. */
  readonly timestamp: number;
}

/** A record's id and timestamp. */
export interface RecordMark {
  readonly id: string;
  readonly timestamp: number;
}

/** Summarizes a finished segment. */
export interface SegmentSummary {
  readonly bytes: number;
  readonly records: number;
  /** Null if the segment has no intact record. */
  readonly first: RecordMark | null;
  readonly last: RecordMark | null;
}

export interface SegmentIndex {
  readonly entries: readonly IndexEntry[];
  /** Present only for a finished segment. */
  readonly summary: SegmentSummary | undefined;
}

export function indexEntryLine({ offset, records, timestamp }: IndexEntry): Buffer {
  return guardedLine({ offset, records, timestamp });
}

export function indexSummaryLine({ bytes, records, first, last }: SegmentSummary): Buffer {
  return guardedLine({ bytes, records, first, last });
}

/** Serializes a whole index as a file. */
export function indexFile({ entries, summary }: SegmentIndex): Buffer {
  return Buffer.concat([...entries.map(indexEntryLine), ...(summary === undefined ? [] : [indexSummaryLine(summary)])]);
}

/** Parses an index up to its first damaged line. */
export function parseIndex(file: Buffer): SegmentIndex {
  const entries: IndexEntry[] = [];
  for (let at = 0; at < file.length;) {
    const newline = file.indexOf(NEWLINE, at);
    if (newline === -1) break;
    const value = readGuardedLine(file.subarray(at, newline));
    at = newline + 1;
    if (isEntry(value) && value.offset > (entries.at(-1)?.offset ?? -1)) entries.push(value);
    else if (isSummary(value)) return { entries, summary: value };
    else break;
  }
  return { entries, summary: undefined };
}

function isEntry(value: unknown): value is IndexEntry {
  return isObject(value) && isNumber(value['offset']) && isNumber(value['records']) && isNumber(value['timestamp']);
}

function isSummary(value: unknown): value is SegmentSummary {
  if (!isObject(value) || !isNumber(value['bytes']) || !isNumber(value['records'])) return false;
  return isMarkOrNull(value['first']) && isMarkOrNull(value['last']);
}

function isMarkOrNull(value: unknown): boolean {
  return value === null || (isObject(value) && typeof value['id'] === 'string' && isNumber(value['timestamp']));
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number';
}

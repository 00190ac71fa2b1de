const TIMESTAMP_DIGITS = 15;
const NUMBER_DIGITS = 10;

const FILE = new RegExp(
  `^([0-9]{${TIMESTAMP_DIGITS}})-([0-9]{${NUMBER_DIGITS}})\\.(ndjson|ndjson\\.gz|ndjson\\.enc|ndjson\\.gz\\.enc|index|torn)$`,
);

/** The facts encoded in a segment's name. */
export interface SegmentName {
  readonly number: number;
  /** No record of the segment is older than this, in milliseconds since the epoch. */
  readonly firstTimestamp: number;
}

/** The forms of a segment: plain or packed, and each of them encrypted. If several exist, the first one counts. */
export const SEGMENT_FORMS = ['ndjson', 'ndjson.gz', 'ndjson.enc', 'ndjson.gz.enc'] as const;

export type SegmentForm = (typeof SEGMENT_FORMS)[number];
export type SegmentFileKind = SegmentForm | 'index' | 'torn';

/** Whether a segment's file holds its records. */
export function isSegmentForm(kind: SegmentFileKind | undefined): kind is SegmentForm {
  return kind !== undefined && kind !== 'index' && kind !== 'torn';
}

export function isSealedForm(kind: SegmentForm): boolean {
  return kind.endsWith('.enc');
}

/** The name of one of a segment's files, without the folder. */
export function segmentFile({ number, firstTimestamp }: SegmentName, kind: SegmentFileKind): string {
  const stem = `${String(firstTimestamp).padStart(TIMESTAMP_DIGITS, '0')}-${String(number).padStart(NUMBER_DIGITS, '0')}`;
  return `${stem}.${kind}`;
}

/** Parses a file name in the log's folder; undefined if it is not a segment's file. */
export function parseSegmentFile(
  file: string,
): { readonly name: SegmentName; readonly kind: SegmentFileKind } | undefined {
  const match = FILE.exec(file);
  if (match === null) return undefined;
  const [, timestamp, number, kind] = match;
  return { name: { number: Number(number), firstTimestamp: Number(timestamp) }, kind: kind as SegmentFileKind };
}

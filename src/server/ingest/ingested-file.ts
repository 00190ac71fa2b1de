import { parseFingerprint, parsePlace, type FileStats, type Fingerprint, type KnownFile } from '../../files/index.js';

/** What is stored of a file of a watched folder: all before its place. */
export interface IngestedFile extends KnownFile {
  /** The file as it was when it was read last: if it is still so, nothing is new in it. */
  readonly seen: Pick<FileStats, 'size' | 'stamp'>;
  /** What lay before the place when the file was at rest: one that begins and ends alike may be another one. */
  readonly samples?: Fingerprint;
  /** Of a compressed file: bytes of its content before the place. */
  readonly content?: number;
  /** Records behind the place that the log has already: a crash came before the place was noted. */
  readonly ahead?: number;
  /** A last line of so many bytes behind the place, which waited in vain for its end, was no event, and is stored as that. */
  readonly half?: number;
  /** The place lies behind such a line that was an event: the next bytes go on within it. */
  readonly isInLine?: true;
  /** Something stands behind the place that is no line yet. */
  readonly waits?: true;
}

/** Bytes of a file's content before its place. */
export function contentBefore({ content, place }: IngestedFile): number {
  return content ?? place.offset;
}

/** A record without what it says of things behind its place. */
export function upToPlace({ id, name, place, seen, content }: IngestedFile): IngestedFile {
  return { id, name, place, seen, ...(content !== undefined && { content }) };
}

/** A record of a file that was read to its end, but for a last line that is known. */
export function atRest(record: IngestedFile): IngestedFile {
  const { half, isInLine } = record;
  return { ...upToPlace(record), ...(half !== undefined && { half }), ...(isInLine && { isInLine }) };
}

/** Reads a stored record; undefined when it is none. */
export function parseIngestedFile(value: unknown): IngestedFile | undefined {
  if (!isObject(value)) return undefined;
  const { id, name, seen, content, ahead, half, isInLine, waits } = value;
  const samples = parseFingerprint(value['samples']);
  const place = parsePlace(value['place']);
  if (place === undefined || !isCount(id) || typeof name !== 'string' || !isObject(seen)) return undefined;
  const { size, stamp } = seen;
  if (!isCount(size) || typeof stamp !== 'string') return undefined;
  return {
    id,
    name,
    place,
    seen: { size, stamp },
    ...(samples && { samples }),
    ...(isCount(content) && { content }),
    ...(isCount(ahead) && { ahead }),
    ...(isCount(half) && { half }),
    ...(isInLine === true && { isInLine }),
    ...(waits === true && { waits }),
  };
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

export function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

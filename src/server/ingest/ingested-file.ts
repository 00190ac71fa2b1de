import {
  parseFingerprint,
  parsePlace,
  type FileStats,
  type Fingerprint,
  type KnownFile,
  type Packing,
} from '../../files/index.js';

/** How much of a file in a watched folder is stored: everything before its place. */
export interface IngestedFile extends KnownFile {
  /** The file at the last read: while it is unchanged, there is nothing new in it. */
  readonly seen: Pick<FileStats, 'size' | 'stamp'>;
  /** Samples of the content before the place when the file was at rest: another file may begin and end alike. */
  readonly samples?: Fingerprint;
  /** For a compressed file: bytes of its content before the place. */
  readonly content?: number;
  /** How such a file is compressed, if not with gzip. */
  readonly packing?: 'zstd';
  /** Records behind the place that the log already has, because a crash prevented recording the place. */
  readonly ahead?: number;
  /** Length of an unfinished last line behind the place that was not an event and was stored as a rejected line. */
  readonly half?: number;
  /** The place is behind an unfinished line that was an event: the next bytes continue that line. */
  readonly isInLine?: true;
  /** Behind the place is text that is not a complete line yet. */
  readonly waits?: true;
}

/** Bytes of a file's content before its place. */
export function contentBefore({ content, place }: IngestedFile): number {
  return content ?? place.offset;
}

/** How a file is compressed; undefined if it is not. */
export function packingOfFile({ content, packing }: IngestedFile): Packing | undefined {
  return content === undefined ? undefined : (packing ?? 'gzip');
}

/** A record without its facts about what follows its place. */
export function upToPlace({ id, name, place, seen, content, packing }: IngestedFile): IngestedFile {
  return { id, name, place, seen, ...(content !== undefined && { content }), ...(packing && { packing }) };
}

/** The record of a file that was read to its end, except for a known last line. */
export function atRest(record: IngestedFile): IngestedFile {
  const { half, isInLine } = record;
  return { ...upToPlace(record), ...(half !== undefined && { half }), ...(isInLine && { isInLine }) };
}

/** Parses a stored record; undefined if the value is not one. */
export function parseIngestedFile(value: unknown): IngestedFile | undefined {
  if (!isObject(value)) return undefined;
  const { id, name, seen, content, packing, ahead, half, isInLine, waits } = value;
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
    ...(packing === 'zstd' && { packing }),
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

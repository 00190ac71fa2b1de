import { parseIdentity, parseFingerprint, type FileIdentity, type Fingerprint } from '../files/index.js';

/** A place in an output that may span several files: what a checkpoint keeps to cut the output back to. */
export interface FilePosition {
  /** The number that the file being written gets when it is set aside; counts from 1. */
  readonly part: number;
  /** Bytes from its start. */
  readonly offset: number;
  /** By what the place is known again; undefined for a device or a pipe, and in checkpoints of earlier versions. */
  readonly mark?: PositionMark;
}

/** Which file a position lies in, and what was written just before it. */
export interface PositionMark {
  readonly file: FileIdentity;
  /** The last bytes before the position, at most 1 KB. */
  readonly before: Fingerprint;
}

/** The position that a checkpoint holds as JSON; undefined when the value is none. */
export function parseFilePosition(value: unknown): FilePosition | undefined {
  if (typeof value !== 'object' || value === null || !('part' in value) || !('offset' in value)) return undefined;
  const { part, offset } = value;
  if (!isCount(part) || part === 0 || !isCount(offset)) return undefined;
  const mark = 'mark' in value ? parseMark(value.mark) : undefined;
  return { part, offset, ...(mark && { mark }) };
}

function parseMark(value: unknown): PositionMark | undefined {
  if (typeof value !== 'object' || value === null || !('file' in value) || !('before' in value)) return undefined;
  const file = parseIdentity(value.file);
  const before = parseFingerprint(value.before);
  return file && before && { file, before };
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

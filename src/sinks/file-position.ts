import { parseIdentity, parseFingerprint, type FileIdentity, type Fingerprint } from '../files/index.js';

/** A position in an output that may span several files. Stored in a checkpoint to truncate the output later. */
export interface FilePosition {
  /** The number that the current file gets when it is rotated; counts from 1. */
  readonly part: number;
  /** Bytes from the start of the file. */
  readonly offset: number;
  /** What identifies the position; undefined for a device or a pipe, and in checkpoints of earlier versions. */
  readonly mark?: PositionMark;
}

/** The file of a position, and what was written just before it. */
export interface PositionMark {
  readonly file: FileIdentity;
  /** The last bytes before the position, at most 1 KB. */
  readonly before: Fingerprint;
}

/** Parses the position in a checkpoint; undefined if the value is not one. */
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

import { parseIdentity, type FileIdentity } from '../../files/index.js';

/** Records which of a pipeline's dead letters were retried. Kept between two retries. */
export interface RetriedLetters {
  /** The number of changes: of two records of the same letters, the one with the higher number is the later. */
  readonly version: number;
  readonly files: readonly RetriedFile[];
  /** Marks of letters that were retried, in files that no longer exist. The letters may turn up again in another file. */
  readonly gone: string;
}

/** How far a file of letters was retried. Offsets are in its content after decompression. The keys are those of stored records. */
export interface RetriedFile {
  readonly identity: FileIdentity;
  /** Every letter before it was retried, or holds no event. */
  readonly offset: number;
  /** Hash of all bytes before it, so that any edit there is noticed. */
  readonly before: string;
  /** The number of letters before it that hold no event. */
  readonly undrivable: number;
  /** Marks of the letters before the offset, and (`ahead`) of letters after it that were selected and retried. */
  readonly driven: string;
  readonly ahead: string;
  /** Up to this offset there may be letters that were retried while they were in another file. */
  readonly compareUpTo: number;
  /** The state of the file at that time: an unchanged file need not be read again. */
  readonly seen: SeenFile;
}

export interface SeenFile {
  /** Bytes on disk. */
  readonly size: number;
  readonly mtimeMs: number;
  /** Whether no letter is left to retry. */
  readonly isDone: boolean;
}

/** Parses a stored record; undefined if the value is not one. */
export function parseRetriedLetters(value: unknown): RetriedLetters | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (!('version' in value) || !('files' in value) || !('gone' in value)) return undefined;
  const { version, files, gone } = value;
  if (!isCount(version) || !Array.isArray(files) || typeof gone !== 'string') return undefined;
  const parsed = files.map(parseRetriedFile);
  const whole = parsed.filter((file) => file !== undefined);
  return whole.length === parsed.length ? { version, files: whole, gone } : undefined;
}

function parseRetriedFile(value: unknown): RetriedFile | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const file = value as Partial<Record<keyof RetriedFile, unknown>>;
  const { offset, before, undrivable, driven, ahead, compareUpTo } = file;
  const identity = parseIdentity(file.identity);
  const seen = parseSeen(file.seen);
  if (identity === undefined || seen === undefined) return undefined;
  if (!isCount(offset) || !isCount(undrivable) || !isCount(compareUpTo)) return undefined;
  if (typeof before !== 'string' || typeof driven !== 'string' || typeof ahead !== 'string') return undefined;
  return { identity, offset, before, undrivable, driven, ahead, compareUpTo, seen };
}

function parseSeen(value: unknown): SeenFile | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { size, mtimeMs, isDone } = value as Partial<Record<keyof SeenFile, unknown>>;
  return isCount(size) && typeof mtimeMs === 'number' && typeof isDone === 'boolean'
    ? { size, mtimeMs, isDone }
    : undefined;
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

import { parseIdentity, type FileIdentity } from '../../files/index.js';

/** Which of a pipeline's dead letters were driven again: what is kept of it between two drives. */
export interface DrivenLetters {
  /** Counts the changes: of two records of the same letters, the one with more is the later. */
  readonly version: number;
  readonly files: readonly DrivenFile[];
  /** Marks of letters that were driven, in files that are no longer there. They may turn up again in another. */
  readonly gone: string;
}

/** How far a file of letters was driven. Offsets are those of its content, unpacked. */
export interface DrivenFile {
  readonly identity: FileIdentity;
  /** Each letter before it was driven, or holds no event. */
  readonly offset: number;
  /** Hash of all bytes before it, so that an edit shows wherever it was made. */
  readonly before: string;
  /** Letters before it that hold no event. */
  readonly undrivable: number;
  /** Marks of the letters before it, and of those behind it that were driven, because they were chosen. */
  readonly driven: string;
  readonly ahead: string;
  /** Up to here there may be letters that were driven while they stood in another file. */
  readonly compareUpTo: number;
  /** What the file was like then: one that is as it was need not be read again. */
  readonly seen: SeenFile;
}

export interface SeenFile {
  /** Bytes on the disk. */
  readonly size: number;
  readonly mtimeMs: number;
  /** No letter was left in it. */
  readonly isDone: boolean;
}

/** Reads back what was stored; undefined when it is none. */
export function parseDrivenLetters(value: unknown): DrivenLetters | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (!('version' in value) || !('files' in value) || !('gone' in value)) return undefined;
  const { version, files, gone } = value;
  if (!isCount(version) || !Array.isArray(files) || typeof gone !== 'string') return undefined;
  const parsed = files.map(parseDrivenFile);
  const whole = parsed.filter((file) => file !== undefined);
  return whole.length === parsed.length ? { version, files: whole, gone } : undefined;
}

function parseDrivenFile(value: unknown): DrivenFile | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const file = value as Partial<Record<keyof DrivenFile, unknown>>;
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

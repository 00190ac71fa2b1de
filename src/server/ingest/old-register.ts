import { placeBehind, type FileSystem } from '../../files/index.js';
import { parsePosition, type LogPosition } from '../../log/index.js';
import { isCount, isObject, type IngestedFile } from './ingested-file.js';

/** A file's record by an earlier version: identified only by its name and an inode, with counted records instead of bytes. */
export interface OldRecord {
  readonly inode: number;
  /** The file's size when it was read to its end; −1 if it was not. */
  readonly size: number;
  /** Records stored. */
  readonly lines: number;
  /** Set if the file was being read: the log knows how many more records are stored behind this position. */
  readonly from?: LogPosition;
}

/** Parses a line of that version's register; undefined if it is not one. */
export function parseOldLine(
  entry: Readonly<Record<string, unknown>>,
): { name: string; record: OldRecord } | undefined {
  const isUnderWay = isObject(entry['begin']);
  const value = isUnderWay ? entry['begin'] : entry['done'];
  if (!isObject(value)) return undefined;
  const { name, inode, lines, size = -1 } = value;
  if (typeof name !== 'string' || !isCount(inode) || !isCount(lines) || typeof size !== 'number') return undefined;
  const from = parsePosition(value['from']);
  if (isUnderWay && from === undefined) return undefined;
  return { name, record: { inode, size, lines, ...(from && { from }) } };
}

/**
 * The record of an open file, derived from an old one.
 *
 * @param fresh its record as a new file
 * @param more records of it that the log has behind `from`
 * @returns undefined if it is another file
 * @throws the operating system's errors
 */
export function fromOldRecord(
  { inode, size, lines }: OldRecord,
  fresh: IngestedFile,
  {
    fd,
    fs,
    fileSize,
    more,
  }: { readonly fd: number; readonly fs: FileSystem; readonly fileSize: number; readonly more: number },
): IngestedFile | undefined {
  const isSame = fresh.place.file.node?.endsWith(`:${inode}`) === true && fileSize >= size;
  if (!isSame) return undefined;
  const isPlain = fresh.content === undefined;
  // The whole file was stored, including a last line without a newline.
  if (isPlain && fileSize === size) return { ...fresh, place: placeBehind(fd, size, lines, fs), isInLine: true };
  return { ...fresh, ahead: lines + more };
}

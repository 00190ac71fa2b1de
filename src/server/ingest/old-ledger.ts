import { placeBehind, type FileSystem } from '../../files/index.js';
import { parsePosition, type LogPosition } from '../../log/index.js';
import { isCount, isObject, type IngestedFile } from './ingested-file.js';

/** What an earlier version noted of a file: by its name, with an inode alone, and records counted instead of bytes. */
export interface OldRecord {
  readonly inode: number;
  /** Bytes when it was read to its end; −1 when it was not. */
  readonly size: number;
  /** Records stored. */
  readonly lines: number;
  /** Set where it was being read: the log tells how many more are stored behind this. */
  readonly from?: LogPosition;
}

/** Reads a line of a ledger of that version; undefined when it is none. */
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
 * What is known of an open file by that.
 *
 * @param fresh its record, as if nothing were known
 * @param more records of it that the log has behind `from`
 * @returns undefined when it is another file
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
  // All that it had was stored, a last line without a newline, too.
  if (isPlain && fileSize === size) return { ...fresh, place: placeBehind(fd, size, lines, fs), isInLine: true };
  return { ...fresh, ahead: lines + more };
}

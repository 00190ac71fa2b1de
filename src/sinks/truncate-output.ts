import { readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import {
  describeFile,
  fingerprintOf,
  FINGERPRINT_BYTES_MAX,
  isSameFingerprint,
  nodeFileSystem,
} from '../files/index.js';
import type { FilePosition } from './file-position.js';
import { placeIn } from './output-state.js';
import { PACKED_SUFFIX } from './part-names.js';
import type { OutputParts, OutputPart } from './parts.js';
import { truncateFile } from './folder.js';

/** The result of truncating an output to a position. */
export interface TruncatedOutput {
  /** The number of the current file. */
  readonly part: number;
  /** Bytes missing before the position, because somebody else has changed the file. */
  readonly lostBytes: number;
}

/**
 * Truncates an output to an earlier position: removes what was written after it, across later parts, packed or not.
 *
 * @param cutTo the position
 * @param writtenTo up to where the file with the output's name was written, if known
 * @throws the operating system's errors
 */
export function truncateOutput(
  path: string,
  parts: OutputParts,
  { truncateTo: position, writtenTo }: { readonly truncateTo: FilePosition; readonly writtenTo?: FilePosition },
): TruncatedOutput {
  const { part, offset } = position;
  const later = parts.list().filter(({ number }) => number >= part);
  const same = later.find((one) => isWhere(position, one));
  const isFree = same === undefined || isOurs(path, parts, writtenTo);
  const unpacked = same?.packed === true && offset > 0 ? startOf(same, offset) : undefined;
  // Removes the newest first, so that after a crash the rest is still in order.
  if (same !== undefined && isFree) rmSync(path, { force: true });
  for (const one of later.toReversed()) if (one.number > (same?.number ?? part)) parts.remove(one);
  if (same !== undefined) {
    if (!isFree) return truncateInPlace(same, parts, offset, unpacked);
    if (!same.packed) {
      parts.manifest.begin(same.file.node);
      renameSync(same.path, path);
      parts.manifest.remove(same.name);
    } else {
      if (unpacked !== undefined) writeUnpacked(path, unpacked, same, parts);
      parts.remove(same);
    }
  }
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (size > offset) truncateFile(path, offset);
  return { part, lostBytes: Math.max(0, offset - size) };
}

/** The first bytes of a packed part. @throws the operating system's errors, or zlib's if it is not a gzip file */
function startOf({ path }: OutputPart, bytes: number): Uint8Array {
  return process.getBuiltinModule('node:zlib').gunzipSync(readFileSync(path)).subarray(0, bytes);
}

/** Writes a packed part's content to a file: all of it, or nothing. */
function writeUnpacked(path: string, content: Uint8Array, { path: packed }: OutputPart, parts: OutputParts): void {
  const unfinished = parts.temporaryNow(basename(path));
  writeFileSync(unfinished, content, { flag: 'wx', mode: statSync(packed).mode & 0o777, flush: true });
  parts.manifest.begin(nodeFileSystem.stat(unfinished)?.node);
  renameSync(unfinished, path);
  parts.manifest.remove(basename(unfinished));
}

/** Truncates a part under its own name, because somebody has put a file in the place it came from; that file stays. */
function truncateInPlace(
  part: OutputPart,
  parts: OutputParts,
  offset: number,
  unpacked: Uint8Array | undefined,
): TruncatedOutput {
  if (!part.packed) {
    parts.manifest.remove(part.name);
    truncateFile(part.path, offset);
    parts.manifest.addNow(describeFile(part.path, part));
  } else if (unpacked === undefined) {
    parts.remove(part);
  } else {
    const plain = { path: part.path.slice(0, -PACKED_SUFFIX.length), number: part.number, packed: false };
    writeUnpacked(plain.path, unpacked, part, parts);
    parts.manifest.addNow(describeFile(plain.path, plain));
    parts.remove(part);
  }
  return { part: parts.nextNumber(), lostBytes: 0 };
}

/** Whether a position is in the file of this part. */
function isWhere({ part, offset, mark }: FilePosition, one: OutputPart): boolean {
  // None of its content is kept, so its number is enough.
  if (offset === 0 && one.number === part) return true;
  if (mark === undefined) return one.number === part;
  if (!one.packed) return placeIn(one.path, { part, offset }, mark)?.kind !== 'other';
  if (offset === 0) return false;
  const start = startOf(one, offset);
  const head = fingerprintOf(start.subarray(0, mark.file.head.bytes));
  const before = fingerprintOf(start.subarray(Math.max(0, offset - FINGERPRINT_BYTES_MAX)));
  return isSameFingerprint(head, mark.file.head) && isSameFingerprint(before, mark.before);
}

/** Whether the file with the output's name is the output's own, judged by its inode or a position in it, or has nothing to lose. */
function isOurs(path: string, { manifest }: OutputParts, writtenTo: FilePosition | undefined): boolean {
  const stats = nodeFileSystem.stat(path);
  if (stats === undefined || stats.size === 0 || stats.node === manifest.begun) return true;
  return writtenTo?.mark !== undefined && placeIn(path, writtenTo, writtenTo.mark)?.kind === 'good';
}

import { renameSync, rmSync, statSync } from 'node:fs';
import { describeFile, nodeFileSystem } from '../files/index.js';
import type { FilePosition } from './file-position.js';
import { placeIn } from './output-state.js';
import type { OutputParts, Part } from './parts.js';
import { truncateFile } from './folder.js';

/** What became of an output on its way back to a position. */
export interface CutBack {
  /** The number of the file that is written from now on. */
  readonly part: number;
  /** Bytes that should lie before the position and are gone: somebody else has changed the file. */
  readonly lostBytes: number;
}

/**
 * Brings an output back to an earlier position: what was written after it is removed, over parts set aside since.
 *
 * @throws the operating system's errors; Error when the position lies in a part that is packed already
 */
export function cutBack(path: string, parts: OutputParts, position: FilePosition): CutBack {
  const { part, offset } = position;
  const later = parts.list().filter(({ number }) => number >= part);
  const same = later.find((one) => isWhere(position, one));
  if (same?.packed === true) {
    throw new Error(`it is to be cut back to a place in ${same.path}, which is packed; the checkpoint is too old`);
  }
  const isFree = same === undefined || isOurs(path, parts);
  // The newest goes first: after a crash on the way, what is left is still in order.
  if (same !== undefined && isFree) rmSync(path, { force: true });
  for (const one of later.toReversed()) if (one.number > (same?.number ?? part)) parts.remove(one);
  if (same !== undefined) {
    if (!isFree) return cutInPlace(same, parts, offset);
    parts.manifest.begin(same.file.node);
    renameSync(same.path, path);
    parts.manifest.remove(same.name);
  }
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (size > offset) truncateFile(path, offset);
  return { part, lostBytes: Math.max(0, offset - size) };
}

/** Somebody has put a file of theirs where the part came from: the part keeps its name, and theirs stays. */
function cutInPlace(part: Part, parts: OutputParts, offset: number): CutBack {
  parts.manifest.remove(part.name);
  truncateFile(part.path, offset);
  parts.manifest.addNow(describeFile(part.path, part));
  return { part: parts.nextNumber(), lostBytes: 0 };
}

/** Whether a part is the file that a position lies in. */
function isWhere(position: FilePosition, { number, packed, path }: Part): boolean {
  if (position.mark === undefined || packed) return number === position.part;
  return placeIn(path, position, position.mark)?.kind !== 'other';
}

/** Whether what has the output's name was begun by it, or is nothing that could be lost. */
function isOurs(path: string, { manifest }: OutputParts): boolean {
  const stats = nodeFileSystem.stat(path);
  return stats === undefined || stats.size === 0 || stats.node === manifest.begun;
}

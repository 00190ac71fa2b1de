import { closeSync, ftruncateSync, openSync, rmSync, statSync } from 'node:fs';
import type { FilePosition } from './file-position.js';
import type { PartNames } from './part-names.js';
import { bringBack, listParts } from './parts.js';

/** What became of an output on its way back to a position. */
export interface CutBack {
  readonly position: FilePosition;
  /** Bytes that should lie before the position and are gone: somebody else has changed the file. */
  readonly lostBytes: number;
}

/**
 * Brings an output back to an earlier position: what was written after it is removed, over parts set aside since.
 *
 * @throws the operating system's errors; Error when the position lies in a part that is packed already
 */
export function cutBack(path: string, names: PartNames, { part, offset }: FilePosition): CutBack {
  const later = listParts(names).filter(({ number }) => number >= part);
  const same = later.find(({ number }) => number === part);
  if (same?.packed === true) {
    throw new Error(`it is to be cut back to a place in ${same.path}, which is packed; the checkpoint is too old`);
  }
  // The newest goes first: after a crash on the way, what is left is still in order.
  if (same !== undefined) rmSync(path, { force: true });
  for (const { path: newer, number } of later.toReversed()) if (number > part) rmSync(newer);
  if (same !== undefined) bringBack(same, path);
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (size > offset) truncate(path, offset);
  return { position: { part, offset: Math.min(size, offset) }, lostBytes: Math.max(0, offset - size) };
}

function truncate(path: string, bytes: number): void {
  const fd = openSync(path, 'r+');
  try {
    ftruncateSync(fd, bytes);
  } finally {
    closeSync(fd);
  }
}

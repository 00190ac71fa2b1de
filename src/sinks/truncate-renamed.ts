import { join } from 'node:path';
import { nodeFileSystem } from '../files/index.js';
import type { FilePosition } from './file-position.js';
import { findPackedTwin } from './packed-twin.js';
import { placeIn } from './output-state.js';
import { partNames } from './part-names.js';
import { filesIn, truncateFile } from './folder.js';

/** An output's file that has another name now. */
export interface RenamedFile {
  readonly path: string;
  /** Bytes after the position. */
  readonly bytesBehind: number;
}

/**
 * Finds an output's file that somebody renamed within its folder. Changes nothing.
 *
 * @returns undefined if it is not found, or was changed before the position
 * @throws the operating system's errors
 */
export function findRenamed(path: string, position: FilePosition): RenamedFile | undefined {
  const { mark, offset } = position;
  if (mark?.file.node === undefined) return undefined;
  const { folder } = partNames(path);
  for (const file of filesIn(folder)) {
    const now = join(folder, file);
    if (nodeFileSystem.linkTarget(now) !== undefined || nodeFileSystem.stat(now)?.node !== mark.file.node) continue;
    const state = placeIn(now, position, mark);
    return state?.kind === 'good' ? { path: now, bytesBehind: state.size - offset } : undefined;
  }
  return undefined;
}

/**
 * Finds an output's file that somebody renamed within its folder and packed: nothing then follows the position.
 *
 * @throws the operating system's errors
 */
export function findPacked(path: string, { mark, offset }: FilePosition): RenamedFile | undefined {
  if (mark === undefined || offset === 0) return undefined;
  const packed = findPackedTwin(partNames(path).folder, mark.file.head, offset);
  return packed === undefined ? undefined : { path: packed, bytesBehind: 0 };
}

/**
 * Finds the file as {@link findRenamed} does, and truncates it to the position.
 *
 * @param cutsBack whether to remove what follows the position, because it was written for events that are processed again
 * @returns its current path; undefined if it is not found, or was changed
 * @throws the operating system's errors
 */
export function truncateRenamed(path: string, position: FilePosition, cutsBack: boolean): string | undefined {
  const found = findRenamed(path, position);
  if (cutsBack && found !== undefined && found.bytesBehind > 0) truncateFile(found.path, position.offset);
  return found?.path;
}

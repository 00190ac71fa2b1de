import { join } from 'node:path';
import { nodeFileSystem } from '../files/index.js';
import type { FilePosition } from './file-position.js';
import { placeIn } from './output-state.js';
import { partNames } from './part-names.js';
import { filesIn, truncateFile } from './folder.js';

/**
 * Finds the file of an output that somebody gave another name in its folder.
 *
 * @param cutsBack whether what lies behind the position is removed from it: it was written for events that are done again
 * @returns its path now; undefined where it is not found, or changed
 * @throws the operating system's errors
 */
export function cutBackRenamed(path: string, position: FilePosition, cutsBack: boolean): string | undefined {
  const { mark, offset } = position;
  if (mark?.file.node === undefined) return undefined;
  const { folder } = partNames(path);
  for (const file of filesIn(folder)) {
    const now = join(folder, file);
    if (nodeFileSystem.linkTarget(now) !== undefined || nodeFileSystem.stat(now)?.node !== mark.file.node) continue;
    const state = placeIn(now, position, mark);
    if (state?.kind !== 'good') return undefined;
    if (cutsBack && state.size > offset) truncateFile(now, offset);
    return now;
  }
  return undefined;
}

import { join } from 'node:path';
import type { Disk } from '../disk/disk.js';
import { readFile, replaceFile } from '../disk/whole.js';
import { segmentFile, type SegmentName } from '../format/segment-name.js';
import type { SegmentSource } from '../segment/segment-source.js';
import { buildIndex, type BuiltIndex } from './index-builder.js';
import { indexFile, parseIndex, type SegmentIndex } from './segment-index.js';

/** The stored part of a segment's index. A missing or damaged one counts as empty. */
export async function storedIndex(disk: Disk, folder: string, name: SegmentName): Promise<SegmentIndex> {
  const file = await readFile(disk, join(folder, segmentFile(name, 'index')));
  return file === undefined ? { entries: [], summary: undefined } : parseIndex(file);
}

/**
 * Returns the index of a segment: the stored one as far as it is valid, the rest rebuilt.
 *
 * @param finished whether the segment will not grow: if so, its index is stored unless it already was
 */
export async function completeIndex(
  disk: Disk,
  folder: string,
  name: SegmentName,
  source: SegmentSource,
  finished: boolean,
): Promise<BuiltIndex> {
  const { entries, summary } = await storedIndex(disk, folder, name);
  const bytes = await source.size();
  if (summary?.bytes === bytes && !source.isTruncated) return { entries, summary };
  const built = await buildIndex(source, bytes, entries);
  // A summary that counts more bytes than exist proves a loss: `verify` needs it.
  const losesProof = source.isTruncated || (summary !== undefined && summary.bytes > bytes);
  if (finished && !losesProof) await storeQuietly(disk, join(folder, segmentFile(name, 'index')), built);
  return built;
}

/** A process that can't write to the folder, or finds the disk full, continues without: an index only saves time. */
async function storeQuietly(disk: Disk, path: string, index: BuiltIndex): Promise<void> {
  try {
    await replaceFile(disk, path, indexFile(index));
  } catch {
    return;
  }
}

import { join } from 'node:path';
import { errorCode, type Disk } from '../disk/disk.js';
import { removeIfThere } from '../disk/whole.js';
import { parseSegmentFile, segmentFile, type SegmentName } from '../format/segment-name.js';
import { packedSegment } from './packed-segment.js';
import { plainSegment } from './plain-segment.js';
import type { SegmentSource } from './segment-source.js';

/** Lists the segments of a log, oldest first. A missing folder has none. */
export async function listSegments(disk: Disk, folder: string): Promise<SegmentName[]> {
  const byNumber = new Map<number, SegmentName>();
  for (const file of await namesIn(disk, folder)) {
    const parsed = parseSegmentFile(file);
    if (parsed?.kind === 'ndjson' || parsed?.kind === 'ndjson.gz') byNumber.set(parsed.name.number, parsed.name);
  }
  return [...byNumber.values()].sort((a, b) => a.number - b.number);
}

async function namesIn(disk: Disk, folder: string): Promise<string[]> {
  try {
    return await disk.list(folder);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  }
}

/**
 * Opens a segment for reading, packed or not; undefined if it is gone. If both forms exist, the plain one is used; it is tried
 * twice because the segment may be packed in between.
 */
export async function openSegment(disk: Disk, folder: string, name: SegmentName): Promise<SegmentSource | undefined> {
  const plain = join(folder, segmentFile(name, 'ndjson'));
  const packed = join(folder, segmentFile(name, 'ndjson.gz'));
  const open = async (path: string) => {
    try {
      return await disk.open(path, 'read');
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return undefined;
      throw error;
    }
  };
  const plainFile = await open(plain);
  if (plainFile !== undefined) return plainSegment(plain, plainFile);
  const packedFile = await open(packed);
  if (packedFile === undefined) return undefined;
  try {
    return await packedSegment(packed, packedFile);
  } catch (error) {
    await packedFile.close();
    throw error;
  }
}

/** The bytes that a segment takes on the disk, plain or packed; 0 if it is gone. */
export async function segmentBytesOnDisk(disk: Disk, folder: string, name: SegmentName): Promise<number> {
  const plain = await disk.size(join(folder, segmentFile(name, 'ndjson')));
  return plain ?? (await disk.size(join(folder, segmentFile(name, 'ndjson.gz')))) ?? 0;
}

/** Removes all files of a segment, including the one with what recovery cut off. */
export async function removeSegment(disk: Disk, folder: string, name: SegmentName): Promise<void> {
  for (const kind of ['ndjson', 'ndjson.gz', 'index', 'torn'] as const) {
    await removeIfThere(disk, join(folder, segmentFile(name, kind)));
  }
}

import { join } from 'node:path';
import { errorCode, type Disk, type DiskFile } from '../disk/disk.js';
import { removeIfThere } from '../disk/whole.js';
import {
  isSegmentForm,
  parseSegmentFile,
  SEGMENT_FORMS,
  segmentFile,
  type SegmentName,
} from '../format/segment-name.js';
import { packedSegment } from './packed-segment.js';
import { plainSegment } from './plain-segment.js';
import { sealedSegment } from './sealed-segment.js';
import type { SegmentSource } from './segment-source.js';

/** Lists the segments of a log, oldest first. A missing folder has none. */
export async function listSegments(disk: Disk, folder: string): Promise<SegmentName[]> {
  const byNumber = new Map<number, SegmentName>();
  for (const file of await namesIn(disk, folder)) {
    const parsed = parseSegmentFile(file);
    if (parsed !== undefined && isSegmentForm(parsed.kind)) byNumber.set(parsed.name.number, parsed.name);
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
 * Opens a segment for reading, in whatever form it is; undefined if it is gone. If several forms exist, the first one is used; they
 * are tried twice because the segment may be packed in between.
 *
 * @param fresh whether an encrypted segment is read as if for the first time
 */
export async function openSegment(
  disk: Disk,
  folder: string,
  name: SegmentName,
  fresh = false,
): Promise<SegmentSource | undefined> {
  for (const form of [...SEGMENT_FORMS, ...SEGMENT_FORMS]) {
    const path = join(folder, segmentFile(name, form));
    const file = await openIfThere(disk, path);
    if (file === undefined) continue;
    try {
      if (form === 'ndjson') return plainSegment(path, file);
      if (form === 'ndjson.gz') return await packedSegment(path, file);
      return await sealedSegment(disk, path, file, name.number, form === 'ndjson.gz.enc', fresh);
    } catch (error) {
      await file.close();
      throw error;
    }
  }
  return undefined;
}

async function openIfThere(disk: Disk, path: string): Promise<DiskFile | undefined> {
  try {
    return await disk.open(path, 'read');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** The bytes that a segment takes on the disk, in whatever form; 0 if it is gone. */
export async function segmentBytesOnDisk(disk: Disk, folder: string, name: SegmentName): Promise<number> {
  for (const form of SEGMENT_FORMS) {
    const bytes = await disk.size(join(folder, segmentFile(name, form)));
    if (bytes !== undefined) return bytes;
  }
  return 0;
}

/** Removes all files of a segment, including the one with what recovery cut off. */
export async function removeSegment(disk: Disk, folder: string, name: SegmentName): Promise<void> {
  for (const kind of [...SEGMENT_FORMS, 'index', 'torn'] as const) {
    await removeIfThere(disk, join(folder, segmentFile(name, kind)));
  }
}

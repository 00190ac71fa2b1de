import { join } from 'node:path';
import { errorCode, type Disk, type DiskFile } from '../disk/disk.js';
import { readWhole, writeWhole } from '../disk/whole.js';
import { segmentFile, type SegmentName } from '../format/segment-name.js';

const COPY_BYTES = 1 << 20;

/** What the last segment lost: bytes that recovery removed, or bytes that were already missing. */
export interface TornTail {
  readonly file: string;
  readonly segment: number;
  /** Where the segment ends now. */
  readonly offset: number;
  /** Bytes removed: never acknowledged, or damaged. */
  readonly cutBytes: number;
  /** The file with the removed bytes, if any. */
  readonly keptIn: string | undefined;
  /** Bytes that existed when the segment was finished and that recovery did not find. */
  readonly missingBytes: number;
}

/**
 * Moves the bytes behind `end` of a segment into its `.torn` file, and returns that file. A crash during this leaves the segment
 * as it was.
 */
export async function truncateTail(
  disk: Disk,
  folder: string,
  name: SegmentName,
  file: DiskFile,
  end: number,
  size: number,
): Promise<string> {
  const keptIn = join(folder, segmentFile(name, 'torn'));
  const torn = await openOrCreate(disk, keptIn);
  try {
    await copySpan(file, end, size, torn);
    await torn.datasync();
  } finally {
    await torn.close();
  }
  await disk.syncFolder(folder);
  await file.truncate(end);
  await file.datasync();
  return keptIn;
}

async function openOrCreate(disk: Disk, path: string): Promise<DiskFile> {
  try {
    return await disk.open(path, 'create');
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return disk.open(path, 'update');
    throw error;
  }
}

/** Appends the bytes to `to`, because an earlier recovery may have put some there. */
async function copySpan(from: DiskFile, start: number, end: number, to: DiskFile): Promise<void> {
  const base = await to.size();
  const buffer = Buffer.allocUnsafe(Math.min(COPY_BYTES, end - start));
  for (let at = start; at < end;) {
    const count = await readWhole(from, buffer, 0, Math.min(buffer.length, end - at), at);
    if (count === 0) return;
    await writeWhole(to, buffer.subarray(0, count), base + (at - start));
    at += count;
  }
}

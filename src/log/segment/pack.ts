import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { deflateRaw } from 'node:zlib';
import type { Disk, DiskFile } from '../disk/disk.js';
import { readWhole, removeIfThere, writeWhole } from '../disk/whole.js';
import { segmentFile, type SegmentName } from '../format/segment-name.js';
import { writeMember } from './member.js';

/** Large enough to compress well, small enough to unpack in a few milliseconds. */
const MEMBER_BYTES = 1 << 20;

/** Takes a third of level 6's time for ten percent more bytes. */
const DEFLATE_LEVEL = 3;

export interface PackedSegment {
  readonly bytes: number;
  readonly packedBytes: number;
}

/**
 * Replaces a finished segment by its packed form. After a crash either form, or both, is intact; a segment that was removed
 * meanwhile stays removed.
 *
 * @param signal when aborted, packing stops and the segment stays as it is
 * @returns the sizes; undefined if there was nothing to pack
 */
export async function packSegment(
  disk: Disk,
  folder: string,
  name: SegmentName,
  signal: AbortSignal,
): Promise<PackedSegment | undefined> {
  const plain = join(folder, segmentFile(name, 'ndjson'));
  const packed = join(folder, segmentFile(name, 'ndjson.gz'));
  const temporary = `${packed}.tmp`;
  if ((await disk.size(plain)) === undefined) return undefined;
  await removeIfThere(disk, temporary);
  try {
    const sizes = await packFile(disk, plain, temporary, signal);
    // Usually it was removed meanwhile: readers then never see the packed form, or only for a moment.
    if (sizes === undefined || (await disk.size(plain)) === undefined) return undefined;
    await disk.rename(temporary, packed);
    await disk.syncFolder(dirname(packed));
    if ((await disk.size(plain)) === undefined) {
      await removeIfThere(disk, packed);
      return undefined;
    }
    await removeIfThere(disk, plain);
    return sizes;
  } finally {
    await removeIfThere(disk, temporary);
  }
}

async function packFile(
  disk: Disk,
  plain: string,
  packed: string,
  signal: AbortSignal,
): Promise<PackedSegment | undefined> {
  const from = await disk.open(plain, 'read');
  try {
    const to = await disk.open(packed, 'create');
    try {
      const sizes = await packInto(from, to, signal);
      if (sizes !== undefined) await to.datasync();
      return sizes;
    } finally {
      await to.close();
    }
  } finally {
    await from.close();
  }
}

async function packInto(from: DiskFile, to: DiskFile, signal: AbortSignal): Promise<PackedSegment | undefined> {
  const buffer = Buffer.allocUnsafe(MEMBER_BYTES);
  let bytes = 0;
  let packedBytes = 0;
  while (!signal.aborted) {
    const count = await readWhole(from, buffer, 0, buffer.length, bytes);
    const content = buffer.subarray(0, count);
    // Not promisified at module level, because that would load zlib.
    const member = writeMember(await promisify(deflateRaw)(content, { level: DEFLATE_LEVEL }), content, bytes);
    await writeWhole(to, member, packedBytes);
    bytes += count;
    packedBytes += member.length;
    // The empty member marks the end.
    if (count === 0) return bytes === 0 ? undefined : { bytes, packedBytes };
  }
  return undefined;
}

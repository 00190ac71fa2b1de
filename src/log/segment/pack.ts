import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { deflateRaw } from 'node:zlib';
import type { SealedFileName } from '../../crypt/index.js';
import type { Disk, DiskFile } from '../disk/disk.js';
import { readWhole, removeIfThere } from '../disk/whole.js';
import { logIdentity, logOfSegment } from '../head/log-identity.js';
import { segmentFile, type SegmentName } from '../format/segment-name.js';
import { writeMember } from './member.js';
import { plainWriter, sealedWriter, type ContentWriter } from './content-writer.js';
import { sealedName, sealedSegment } from './sealed-segment.js';

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
  let plain = join(folder, segmentFile(name, 'ndjson'));
  let packed = join(folder, segmentFile(name, 'ndjson.gz'));
  let isSealed = false;
  if ((await disk.size(plain)) === undefined) {
    plain = join(folder, segmentFile(name, 'ndjson.enc'));
    packed = join(folder, segmentFile(name, 'ndjson.gz.enc'));
    isSealed = true;
    if (disk.keys === undefined || (await disk.size(plain)) === undefined) return undefined;
  }
  const temporary = `${packed}.tmp`;
  await removeIfThere(disk, temporary);
  try {
    const sizes = await packFile(disk, plain, temporary, isSealed ? name : undefined, signal);
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
  sealed: SegmentName | undefined,
  signal: AbortSignal,
): Promise<PackedSegment | undefined> {
  const file = await disk.open(plain, 'read');
  const log = sealed && logOfSegment(await logIdentity(disk, dirname(plain), false), sealed.number);
  const nameOf = (of: SegmentName, packed: boolean): SealedFileName => sealedName(of.number, packed, log);
  const from = sealed === undefined ? file : await sealedSegment(disk, plain, file, nameOf(sealed, false), true);
  try {
    const to = await disk.open(packed, 'create');
    try {
      const sealing = sealed === undefined ? undefined : sealedWriter(disk, to, nameOf(sealed, true));
      const sizes = await packInto(from, sealing ?? plainWriter(to), signal);
      if (sizes !== undefined) await to.datasync();
      return sizes;
    } finally {
      await to.close();
    }
  } finally {
    await file.close();
  }
}

/** Packs what is read into members. @returns the sizes; undefined if there was nothing, or the signal stopped it */
export async function packInto(
  from: Pick<DiskFile, 'read'>,
  to: ContentWriter,
  signal: AbortSignal,
): Promise<PackedSegment | undefined> {
  const buffer = Buffer.allocUnsafe(MEMBER_BYTES);
  let bytes = 0;
  let packedBytes = 0;
  while (!signal.aborted) {
    const count = await readWhole(from, buffer, 0, buffer.length, bytes);
    const content = buffer.subarray(0, count);
    // Not promisified at module level, because that would load zlib.
    const member = writeMember(await promisify(deflateRaw)(content, { level: DEFLATE_LEVEL }), content, bytes);
    packedBytes += await to.add(member);
    bytes += count;
    // The empty member marks the end.
    if (count === 0) {
      packedBytes += await to.end();
      return bytes === 0 ? undefined : { bytes, packedBytes };
    }
  }
  return undefined;
}

import { join } from 'node:path';
import { FileSealer, HEADER_BYTES, SealedReader } from '../../crypt/index.js';
import type { Disk } from '../disk/disk.js';
import { removeIfThere, writeWhole } from '../disk/whole.js';
import { logIdentity, logOfSegment } from '../head/log-identity.js';
import { segmentFile, type SegmentName } from '../format/segment-name.js';
import { storedIndex } from '../index/index-store.js';
import { sealedName } from '../segment/sealed-segment.js';
import { truncateTail, type TornTail } from './torn-tail.js';

/**
 * Cuts an encrypted last segment behind its last frame that decrypts, and gives it its end frame. What was cut stays encrypted in the
 * `.torn` file.
 *
 * @throws KeyError if its key is missing: nothing is cut then
 */
export async function truncateSealed(
  disk: Disk,
  folder: string,
  name: SegmentName,
  path: string,
): Promise<TornTail | undefined> {
  const file = await disk.open(path, 'update');
  try {
    const size = await file.size();
    const log = logOfSegment(await logIdentity(disk, folder, true), name.number);
    const sealedAs = sealedName(name.number, false, log);
    const reader = await SealedReader.open(file, disk.keys, sealedAs, path);
    reader.requireKey();
    const { header } = reader;
    const isOurs = header !== undefined && reader.strange === undefined;
    // Without its header nothing of a file can be decrypted, nor of one of another log: that is damage, not a torn tail.
    if (!isOurs && size >= HEADER_BYTES) return undefined;
    const last = await reader.lastIntact();
    const end = isOurs ? last.at : 0;
    const { summary } = await storedIndex(disk, folder, name);
    const missingBytes = Math.max(0, (summary?.bytes ?? 0) - last.offset);
    const isWhole = end === size && missingBytes === 0;
    if (!isWhole) await removeIfThere(disk, join(folder, segmentFile(name, 'index')));
    const keptIn = end < size ? await truncateTail(disk, folder, name, file, end, size) : undefined;
    if (isOurs && !last.ended && disk.keys !== undefined) {
      const sealer = new FileSealer(disk.keys, sealedAs, header);
      await writeWhole(file, sealer.end({ counter: last.counter, offset: last.offset }), end);
    }
    await file.datasync();
    if (isWhole) return undefined;
    return { file: path, segment: name.number, offset: last.offset, cutBytes: size - end, keptIn, missingBytes };
  } finally {
    await file.close();
  }
}

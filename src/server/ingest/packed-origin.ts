import {
  FINGERPRINT_BYTES_MAX,
  fingerprintOf,
  isSameFingerprint,
  type Packing,
  type PresentFiles,
} from '../../files/index.js';
import { UnpackedFile } from '../../sources/index.js';
import type { FileRegister } from './file-register.js';
import type { IngestedFile } from './ingested-file.js';

/**
 * Finds the original of a compressed file: a known, missing file whose bytes are this one's content.
 *
 * @param fd the compressed file
 * @returns undefined if there is none, or if the compressed data is damaged too early to tell
 */
export async function packedOrigin(
  fd: number,
  packing: Packing,
  { files }: Pick<FileRegister, 'files'>,
  present: PresentFiles,
): Promise<IngestedFile | undefined> {
  const head = await contentBefore(fd, packing, FINGERPRINT_BYTES_MAX);
  if (head === undefined) return undefined;
  const candidates = files.goneLike(head, present).filter(({ content }) => content === undefined);
  for (const candidate of candidates) {
    const { offset, before } = candidate.place;
    const there = await contentBefore(fd, packing, offset);
    const last = there?.subarray(-before.bytes);
    if (last !== undefined && isSameFingerprint(fingerprintOf(last), before)) return candidate;
  }
  return undefined;
}

/**
 * The last bytes of a compressed file's content before an offset, at most as many as a fingerprint takes.
 *
 * @returns undefined if the content ends before the offset; for a small offset, fewer bytes
 */
async function contentBefore(fd: number, packing: Packing, offset: number): Promise<Buffer | undefined> {
  let last = Buffer.alloc(0);
  let left = offset;
  try {
    for await (const chunk of new UnpackedFile(fd, packing).chunks()) {
      const taken = chunk.subarray(0, left);
      left -= taken.length;
      last = Buffer.concat([last, taken]).subarray(-FINGERPRINT_BYTES_MAX);
      if (left === 0) break;
    }
  } catch {
    // Damaged or truncated: what was decompressed before is enough.
  }
  return left > 0 && offset > FINGERPRINT_BYTES_MAX ? undefined : last;
}

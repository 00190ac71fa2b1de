import { read } from 'node:fs';
import { promisify } from 'node:util';
import { createGunzip } from 'node:zlib';
import { FINGERPRINT_BYTES_MAX, fingerprintOf, isSameFingerprint, type PresentFiles } from '../../files/index.js';
import type { FileLedger } from './file-ledger.js';
import type { FileRecord } from './file-record.js';

const readAsync = promisify(read);
const CHUNK_BYTES = 1 << 16;

/**
 * The file that somebody has compressed: a known one, which is gone, and whose bytes are the content of this one.
 *
 * @param fd the compressed file
 * @returns undefined when there is none, or the compressed data is damaged before that is known
 */
export async function packedOrigin(
  fd: number,
  { files }: Pick<FileLedger, 'files'>,
  present: PresentFiles,
): Promise<FileRecord | undefined> {
  const head = await contentBefore(fd, FINGERPRINT_BYTES_MAX);
  if (head === undefined) return undefined;
  const candidates = files.goneLike(head, present).filter(({ content }) => content === undefined);
  for (const candidate of candidates) {
    const { offset, before } = candidate.place;
    const there = await contentBefore(fd, offset);
    const last = there?.subarray(-before.bytes);
    if (last !== undefined && isSameFingerprint(fingerprintOf(last), before)) return candidate;
  }
  return undefined;
}

/**
 * The last bytes of a compressed file's content before an offset, at most as many as go into a fingerprint.
 *
 * @returns for an offset up to that many bytes: fewer bytes where the content ends before; else undefined there
 */
async function contentBefore(fd: number, offset: number): Promise<Buffer | undefined> {
  const gunzip = createGunzip({ chunkSize: CHUNK_BYTES });
  let last = Buffer.alloc(0);
  let left = offset;
  const feeding = feed(fd, gunzip);
  try {
    for await (const chunk of gunzip as AsyncIterable<Buffer>) {
      const taken = chunk.subarray(0, left);
      left -= taken.length;
      last = Buffer.concat([last, taken]).subarray(-FINGERPRINT_BYTES_MAX);
      if (left === 0) break;
    }
  } catch {
    // Damaged, or cut off: what came out before is told.
  } finally {
    gunzip.destroy();
    await feeding;
  }
  return left > 0 && offset > FINGERPRINT_BYTES_MAX ? undefined : last;
}

async function feed(fd: number, gunzip: ReturnType<typeof createGunzip>): Promise<void> {
  let position = 0;
  try {
    while (!gunzip.destroyed) {
      const piece = Buffer.allocUnsafe(CHUNK_BYTES);
      const { bytesRead } = await readAsync(fd, piece, 0, piece.length, position);
      position += bytesRead;
      if (bytesRead === 0) {
        gunzip.end();
        return;
      }
      await new Promise<void>((resolve) => {
        gunzip.once('close', resolve);
        gunzip.write(piece.subarray(0, bytesRead), () => {
          gunzip.off('close', resolve);
          resolve();
        });
      });
    }
  } catch (error) {
    gunzip.destroy(error as Error);
  }
}

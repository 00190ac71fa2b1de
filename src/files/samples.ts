import { fingerprintOf, isSameFingerprint, readAt, type Fingerprint } from './fingerprint.js';
import { nodeFileSystem, type FileSystem } from './file-system.js';

/** A file up to this size is sampled completely; a longer one in pieces that add up to this many bytes. */
export const SAMPLED_BYTES_MAX = 1 << 16;
const PIECE_BYTES = 1024;
const PIECES = SAMPLED_BYTES_MAX / PIECE_BYTES;

/**
 * Samples the bytes before an offset: all of them up to 64 KB; beyond that, 64 evenly spread pieces of 1 KB, including the first
 * and the last bytes. The samples distinguish files that begin and end alike.
 *
 * @throws the operating system's errors
 */
export function samplesBefore(fd: number, offset: number, fs: FileSystem = nodeFileSystem): Fingerprint {
  if (offset <= SAMPLED_BYTES_MAX) return fingerprintOf(readAt(fs, fd, 0, offset));
  const step = (offset - PIECE_BYTES) / (PIECES - 1);
  const pieces = Array.from({ length: PIECES }, (_, n) => readAt(fs, fd, Math.floor(n * step), PIECE_BYTES));
  return fingerprintOf(Buffer.concat(pieces));
}

/** Whether the bytes before an offset still match the samples. @throws the operating system's errors */
export function areSamplesThere(
  samples: Fingerprint,
  fd: number,
  offset: number,
  fs: FileSystem = nodeFileSystem,
): boolean {
  return isSameFingerprint(samples, samplesBefore(fd, offset, fs));
}

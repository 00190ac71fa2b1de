import { fingerprintOf, isSameFingerprint, readAt, type Fingerprint } from './fingerprint.js';
import { nodeFileSystem, type FileSystem } from './file-system.js';

/** Up to so many bytes are looked at, all of them; of more, as many in pieces from all over. */
export const SAMPLED_BYTES_MAX = 1 << 16;
const PIECE_BYTES = 1024;
const PIECES = SAMPLED_BYTES_MAX / PIECE_BYTES;

/**
 * What lies before an offset, by samples: all of it up to 64 KB; beyond that 64 pieces of 1 KB, evenly spread, the first and the
 * last bytes among them. By this a file is told from another that begins and ends as it does.
 *
 * @throws the operating system's errors
 */
export function samplesBefore(fd: number, offset: number, fs: FileSystem = nodeFileSystem): Fingerprint {
  if (offset <= SAMPLED_BYTES_MAX) return fingerprintOf(readAt(fs, fd, 0, offset));
  const step = (offset - PIECE_BYTES) / (PIECES - 1);
  const pieces = Array.from({ length: PIECES }, (_, n) => readAt(fs, fd, Math.floor(n * step), PIECE_BYTES));
  return fingerprintOf(Buffer.concat(pieces));
}

/** Whether what lies before an offset is still what these samples were taken of. @throws the operating system's errors */
export function areSamplesThere(
  samples: Fingerprint,
  fd: number,
  offset: number,
  fs: FileSystem = nodeFileSystem,
): boolean {
  return isSameFingerprint(samples, samplesBefore(fd, offset, fs));
}

import type { FileSystem } from './file-system.js';

/** The most bytes of a file that go into a fingerprint. */
export const FINGERPRINT_BYTES_MAX = 1024;

/** Identifies some bytes of a file without storing them. */
export interface Fingerprint {
  /** The number of bytes covered, at most {@link FINGERPRINT_BYTES_MAX}. */
  readonly bytes: number;
  /** The first 128 bits of their SHA-256, as hexadecimal digits. */
  readonly hash: string;
}

export function fingerprintOf(bytes: Uint8Array): Fingerprint {
  // A plain run needs no fingerprint and should not load the module.
  const { createHash } = process.getBuiltinModule('node:crypto');
  return { bytes: bytes.length, hash: createHash('sha256').update(bytes).digest('hex').slice(0, 32) };
}

/**
 * The fingerprint of up to `bytes` bytes from a position; fewer if the file ends earlier.
 *
 * @throws the operating system's errors
 */
export function fingerprintAt(fs: FileSystem, fd: number, position: number, bytes: number): Fingerprint {
  return fingerprintOf(readAt(fs, fd, position, Math.min(bytes, FINGERPRINT_BYTES_MAX)));
}

/** The fingerprint of the last bytes before an offset. @throws the operating system's errors */
export function fingerprintBefore(fs: FileSystem, fd: number, offset: number): Fingerprint {
  const bytes = Math.min(offset, FINGERPRINT_BYTES_MAX);
  return fingerprintAt(fs, fd, offset - bytes, bytes);
}

export function isSameFingerprint(one: Fingerprint, other: Fingerprint): boolean {
  return one.bytes === other.bytes && one.hash === other.hash;
}

/** Parses a stored fingerprint; undefined if the value is not one. */
export function parseFingerprint(value: unknown): Fingerprint | undefined {
  if (typeof value !== 'object' || value === null || !('bytes' in value) || !('hash' in value)) return undefined;
  const { bytes, hash } = value;
  const isOne = Number.isSafeInteger(bytes) && Number(bytes) >= 0 && typeof hash === 'string';
  return isOne ? { bytes: Number(bytes), hash } : undefined;
}

/** Reads up to `bytes` bytes from a position; fewer if the file ends earlier. @throws the operating system's errors */
export function readAt(fs: FileSystem, fd: number, position: number, bytes: number): Uint8Array {
  const space = new Uint8Array(bytes);
  let filled = 0;
  while (filled < bytes) {
    const count = fs.read(fd, space.subarray(filled), position + filled);
    if (count === 0) break;
    filled += count;
  }
  return space.subarray(0, filled);
}

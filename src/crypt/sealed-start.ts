import { readSync } from 'node:fs';
import type { KeyRing } from './key-ring.js';
import { SectionOpener } from './section-opener.js';

const PIECE_BYTES = 64 << 10;

/**
 * The first bytes of an encrypted output's content; fewer if it has fewer.
 *
 * @param fd the file, open for reading
 * @throws KeyError; the operating system's errors
 */
export function sealedStart(fd: number, path: string, keys: KeyRing | undefined, bytes: number): Buffer {
  const opener = new SectionOpener(keys, path, () => undefined);
  const start: Buffer[] = [];
  let length = 0;
  for (let at = 0; length < bytes;) {
    const piece = Buffer.allocUnsafe(PIECE_BYTES);
    const count = readSync(fd, piece, 0, piece.length, at);
    at += count;
    const content = count === 0 ? opener.end() : opener.push(piece.subarray(0, count));
    start.push(...content);
    length += content.reduce((sum, one) => sum + one.length, 0);
    if (count === 0) break;
  }
  return Buffer.concat(start).subarray(0, bytes);
}

import { createReadStream } from 'node:fs';
import { HEADER_BYTES, isSealedFile } from './frame.js';
import type { KeyRing } from './key-ring.js';
import { SectionOpener } from './section-opener.js';

/**
 * Yields the content of a file of our own, which is decrypted if the file is encrypted: one that was written before encryption was
 * on is not.
 *
 * @param onDamage is told in words, with file and place, what can't be read; if it returns, reading goes on behind it
 * @throws KeyError; the operating system's errors
 */
export async function* fileContent(
  path: string,
  keys: KeyRing | undefined,
  onDamage: (message: string) => void,
): AsyncGenerator<Buffer, void, void> {
  let opener: SectionOpener | undefined;
  let isFirst = true;
  // What a file that is shorter than a header holds is not encrypted.
  for await (const bytes of createReadStream(path, { highWaterMark: READ_BYTES }) as AsyncIterable<Buffer>) {
    if (isFirst && isSealedFile(bytes.subarray(0, HEADER_BYTES)))
      opener = new SectionOpener(keys, path, ({ fileOffset, message }) =>
        onDamage(`${path}: byte ${fileOffset}: ${message}`),
      );
    isFirst = false;
    if (opener === undefined) yield bytes;
    else yield* opener.push(bytes);
  }
  if (opener !== undefined) yield* opener.end();
}

const READ_BYTES = 256 << 10;

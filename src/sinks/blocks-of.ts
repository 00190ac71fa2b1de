import { readSync } from 'node:fs';

const BLOCK_BYTES = 1 << 20;

/** The content of an open file, from its start. A block's memory is reused for the next one. */
export function* blocksOf(fd: number): Generator<Uint8Array> {
  const space = new Uint8Array(BLOCK_BYTES);
  for (let at = 0; ;) {
    const count = readSync(fd, space, 0, space.length, at);
    if (count === 0) return;
    yield space.subarray(0, count);
    at += count;
  }
}

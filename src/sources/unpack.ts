import type { Packing } from '../files/index.js';
import type { Block } from './block.js';
import { gunzipped } from './gunzip.js';
import { chunkBlocks } from './stream-source.js';

/**
 * Yields blocks from a compressed file. Of a damaged file, yields everything before the damage.
 *
 * @throws SourceError when it can't be read or is damaged
 */
export async function* unpackedBlocks(
  path: string,
  packing: Packing,
  lineBytesMax: number,
  signal: AbortSignal,
): AsyncGenerator<Block> {
  yield* chunkBlocks(unpacked(path, packing, signal), path, lineBytesMax, signal);
}

/**
 * Yields the content of a compressed file in chunks.
 *
 * @throws SourceError when it can't be opened; the errors of the file system and the decompressor
 */
export async function* unpacked(path: string, packing: Packing, signal: AbortSignal): AsyncGenerator<Buffer> {
  yield* packing === 'gzip' ? gunzipped(path, signal) : (await import('./unzstd.js')).unzstd(path, signal);
}

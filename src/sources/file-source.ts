import { fstatSync, openSync, closeSync, read, createReadStream } from 'node:fs';
import { promisify } from 'node:util';
import type { Block, Source } from './block.js';
import { BlockCutter } from './block-cutter.js';
import { itIsADirectory, SourceError } from './read-error.js';
import { streamBlocks } from './stream-source.js';

const readAsync = promisify(read);

/**
 * A file, opened at once so that a missing one is known before the first event is read. `.gz` files are decompressed.
 *
 * @throws SourceError when it cannot be opened
 */
export function fileSource(path: string, lineBytesMax: number): Source {
  const fd = openForReading(path);
  const stats = fstatSync(fd);
  if (stats.isDirectory()) {
    closeSync(fd);
    throw itIsADirectory(path);
  }
  if (path.endsWith('.gz')) return { name: path, blocks: (signal) => gunzipBlocks(fd, path, lineBytesMax, signal) };
  const blocks = (signal: AbortSignal) => descriptorBlocks(fd, path, lineBytesMax, signal);
  return stats.isFile() ? { name: path, sizeBytes: stats.size, blocks } : { name: path, blocks };
}

/**
 * Blocks from an open descriptor, from its current place to its end; closes it.
 *
 * @throws SourceError when reading fails
 */
export async function* descriptorBlocks(
  fd: number,
  name: string,
  lineBytesMax: number,
  signal: AbortSignal,
): AsyncGenerator<Block> {
  const cutter = new BlockCutter(name, lineBytesMax);
  try {
    while (!signal.aborted) {
      const space = cutter.space();
      const { bytesRead } = await readAsync(fd, space, 0, space.length, null);
      if (bytesRead === 0) {
        yield* cutter.end();
        return;
      }
      yield* cutter.advance(bytesRead);
    }
  } catch (error) {
    throw new SourceError(name, 'read', error);
  } finally {
    closeSync(fd);
  }
}

/** @throws SourceError when it cannot be opened */
export function openForReading(path: string): number {
  try {
    return openSync(path, 'r');
  } catch (error) {
    throw new SourceError(path, 'open', error);
  }
}

async function* gunzipBlocks(
  fd: number,
  path: string,
  lineBytesMax: number,
  signal: AbortSignal,
): AsyncGenerator<Block> {
  const { createGunzip } = await import('node:zlib');
  const compressed = createReadStream(path, { fd });
  const gunzip = createGunzip();
  compressed.on('error', (error) => gunzip.destroy(error));
  yield* streamBlocks(compressed.pipe(gunzip), path, lineBytesMax, signal);
}

import { fstatSync, openSync, closeSync, read, readSync, createReadStream } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Block, Source } from './block.js';
import { BLOCK_BYTES, BlockCutter } from './block-cutter.js';
import { itIsADirectory, SourceError } from './read-error.js';
import { streamBlocks } from './stream-source.js';

const readAsync = promisify(read);

/** Reads into the space and tells how many bytes: 0 at the end. */
type Read = (fd: number, space: Buffer) => Promise<number>;

const readDevice: Read = async (fd, space) => (await readAsync(fd, space, 0, space.length, null)).bytesRead;

/** A file is there when it is asked, so another thread is not worth its call. Each turn of the loop lets others have theirs. */
const readFile: Read = async (fd, space) => {
  await nextTurn();
  return readSync(fd, space, 0, space.length, null);
};

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
  const readNext = fstatSync(fd).isFile() ? readFile : readDevice;
  try {
    while (!signal.aborted) {
      const space = cutter.space();
      const bytesRead = await readNext(fd, space);
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
  const gunzip = createGunzip({ chunkSize: BLOCK_BYTES });
  compressed.on('error', (error) => gunzip.destroy(error));
  yield* streamBlocks(compressed.pipe(gunzip), path, lineBytesMax, signal);
}

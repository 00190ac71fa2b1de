import { accessSync, closeSync, constants, fstatSync, read, readSync, statSync, type Stats } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { KeyRing } from '../crypt/index.js';
import { packingOf, requireZstd } from '../files/index.js';
import type { Block, Source } from './block.js';
import { BLOCK_BYTES, BlockCutter } from './block-cutter.js';
import { openForReading } from './open-file.js';
import { itIsADirectory, SourceError } from './read-error.js';
import { chunkBlocks } from './stream-source.js';
import { unpackedBlocks } from './unpack.js';
import { isSealedInput, unsealedInput } from './unsealed.js';

const readAsync = promisify(read);

/** Reads into the space and returns the number of bytes: 0 at the end. @param position undefined: the descriptor's own */
type Read = (fd: number, space: Buffer, position: number | undefined) => Promise<number>;

const readDevice: Read = async (fd, space) => (await readAsync(fd, space, 0, space.length, null)).bytesRead;

/** A file's data is available at once, so a call to another thread does not pay off. Yields to the event loop between reads. */
const readFile: Read = async (fd, space, position) => {
  await nextTurn();
  return readSync(fd, space, 0, space.length, position ?? null);
};

/**
 * Opens a file as a source. The file is checked at once, so that a missing file is known before the first event is read. It is
 * opened only when its turn comes, because there may be more files than a process may have open. `.gz` and `.zst` files are
 * decompressed, encrypted outputs decrypted.
 *
 * @param keys with which an encrypted output may be encrypted
 * @throws SourceError when it can't be opened
 */
export function fileSource(path: string, lineBytesMax: number, keys?: KeyRing): Source {
  const stats = readableStats(path);
  const packing = packingOf(path);
  if (packing !== undefined) {
    return { name: path, blocks: (signal) => unpackedBlocks(path, packing, lineBytesMax, signal) };
  }
  if (isSealedInput(path)) {
    const lines = (signal: AbortSignal) => unsealedInput(path, keys, signal);
    return { name: path, blocks: (signal) => chunkBlocks(lines(signal), path, lineBytesMax, signal) };
  }
  const blocks = (signal: AbortSignal) => descriptorBlocks(openForReading(path), path, lineBytesMax, signal);
  return stats.isFile() ? { name: path, sizeBytes: stats.size, blocks } : { name: path, blocks };
}

/** @throws Error that says what to do, when zstd is not supported */
function refuseWithoutZstd(): void {
  try {
    requireZstd();
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : String(error)}; pipe it through zstd -dc`);
  }
}

/** Checks that the file can be read and decompressed. @throws SourceError when it can't be opened */
export function readableStats(path: string): Stats {
  try {
    const stats = statSync(path);
    if (stats.isDirectory()) throw itIsADirectory(path);
    accessSync(path, constants.R_OK);
    if (packingOf(path) === 'zstd') refuseWithoutZstd();
    return stats;
  } catch (error) {
    if (error instanceof SourceError) throw error;
    throw new SourceError(path, 'open', error);
  }
}

/**
 * Yields blocks from an open descriptor, from its current position to its end; closes it.
 *
 * @param from where to start in a regular file, at the start of a line; undefined: at the descriptor's own position
 * @throws SourceError when reading fails
 */
export async function* descriptorBlocks(
  fd: number,
  name: string,
  lineBytesMax: number,
  signal: AbortSignal,
  from?: number,
): AsyncGenerator<Block> {
  const cutter = new BlockCutter(name, lineBytesMax, BLOCK_BYTES, from === undefined || from === 0);
  const readNext = fstatSync(fd).isFile() ? readFile : readDevice;
  let position = from;
  try {
    while (!signal.aborted) {
      const space = cutter.space();
      const bytesRead = await readNext(fd, space, position);
      if (position !== undefined) position += bytesRead;
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

import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { onAbort } from '../world/index.js';
import { requireZstd } from '../files/index.js';
import { beforeDamage, isDamage } from './before-damage.js';
import { BLOCK_BYTES } from './block-cutter.js';
import { openForReading } from './open-file.js';
import { ZstdFrames } from './zstd-frames.js';

/**
 * Yields the content of a zstd file in chunks. Of a damaged file, yields everything before the damage.
 *
 * @throws SourceError when it can't be opened; an error that says what is wrong with its content
 */
export async function* unzstd(path: string, signal: AbortSignal): AsyncGenerator<Buffer> {
  const { createZstdDecompress } = requireZstd();
  const open = (): ReturnType<typeof createZstdDecompress> => createZstdDecompress({ chunkSize: BLOCK_BYTES });
  const frames = new ZstdFrames();
  const packed = pieces(path, frames);
  const first = await packed.next();
  const unpacker = open();
  const stop = (): void => void unpacker.destroy();
  const leave = onAbort(signal, stop);
  let given = 0;
  try {
    if (signal.aborted) return;
    if (first.done !== true) {
      const compressed = Readable.from(withFirst(first.value, packed));
      compressed.on('error', (error) => unpacker.destroy(error));
      for await (const chunk of compressed.pipe(unpacker) as AsyncIterable<Buffer>) {
        given += chunk.length;
        yield chunk;
      }
    }
    if (frames.isBroken) throw damaged();
    if (!frames.isWhole) throw cut();
  } catch (error) {
    if (signal.aborted) return;
    if (!isDamage(error)) throw error;
    yield* beforeDamage(pieces(path, new ZstdFrames()), open(), unpacker.bytesWritten, given);
    throw error instanceof Error && 'code' in error && error.code === 'Z_BUF_ERROR' ? cut() : damaged();
  } finally {
    leave();
    await packed.return(undefined);
    unpacker.destroy();
  }
}

function damaged(): Error {
  return new Error('damaged zstd data');
}

function cut(): Error {
  return new Error('the zstd data ends too early');
}

/** The file's frames, in pieces. */
async function* pieces(path: string, frames: ZstdFrames): AsyncGenerator<Buffer, void> {
  const file = createReadStream(path, { fd: openForReading(path), highWaterMark: BLOCK_BYTES });
  for await (const chunk of file as AsyncIterable<Buffer>) {
    yield* frames.cut(chunk);
    if (frames.isBroken) return;
  }
}

async function* withFirst(first: Buffer, rest: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield first;
  yield* rest;
}

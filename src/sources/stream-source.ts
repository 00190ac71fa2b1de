import type { Readable } from 'node:stream';
import { KeyError } from '../crypt/index.js';
import { onAbort } from '../world/index.js';
import type { Block } from './block.js';
import { BlockCutter } from './block-cutter.js';
import { SourceError } from './read-error.js';

/**
 * Yields blocks from a stream of chunks, such as a terminal.
 *
 * @param signal ends the reading: the stream is destroyed; the complete lines read so far have been returned
 * @throws SourceError when the stream fails
 */
export async function* streamBlocks(
  stream: Readable,
  name: string,
  lineBytesMax: number,
  signal: AbortSignal,
): AsyncGenerator<Block> {
  yield* chunkBlocks(streamChunks(stream, signal), name, lineBytesMax, signal);
}

/**
 * Yields the chunks of a stream, and destroys it at their end.
 *
 * @param signal ends the reading
 * @throws the stream's error, also if the signal has ended it
 */
export async function* streamChunks(stream: Readable, signal: AbortSignal): AsyncGenerator<Buffer> {
  const stop = () => void stream.destroy();
  const leave = onAbort(signal, stop);
  if (signal.aborted) stop();
  try {
    yield* stream as AsyncIterable<Buffer>;
  } finally {
    leave();
    stream.destroy();
  }
}

/**
 * Yields blocks from chunks.
 *
 * @param signal once aborted, an unfinished last line is not returned, and a failure is ignored
 * @throws KeyError as it is; SourceError after another failure; the complete lines before it have been returned
 */
export async function* chunkBlocks(
  chunks: AsyncIterable<Buffer>,
  name: string,
  lineBytesMax: number,
  signal: AbortSignal,
): AsyncGenerator<Block> {
  const cutter = new BlockCutter(name, lineBytesMax);
  try {
    for await (const chunk of chunks) {
      yield* cutter.add(chunk);
      yield* cutter.cut();
    }
    if (!signal.aborted) yield* cutter.end();
  } catch (error) {
    if (signal.aborted) return;
    throw error instanceof SourceError || error instanceof KeyError ? error : new SourceError(name, 'read', error);
  }
}

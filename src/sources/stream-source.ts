import type { Readable } from 'node:stream';
import type { Block } from './block.js';
import { BlockCutter } from './block-cutter.js';
import { SourceError } from './read-error.js';

/**
 * Blocks from a stream of chunks: a terminal, a decompressor.
 *
 * @param signal ends the reading: the stream is destroyed, the complete lines read so far have been given
 * @throws SourceError when the stream fails
 */
export async function* streamBlocks(
  stream: Readable,
  name: string,
  lineBytesMax: number,
  signal: AbortSignal,
): AsyncGenerator<Block> {
  const cutter = new BlockCutter(name, lineBytesMax);
  const stop = () => void stream.destroy();
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      yield* cutter.add(chunk);
      yield* cutter.cut();
    }
    yield* cutter.end();
  } catch (error) {
    if (signal.aborted) return;
    throw new SourceError(name, 'read', error);
  } finally {
    signal.removeEventListener('abort', stop);
    stream.destroy();
  }
}

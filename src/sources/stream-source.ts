import type { Block } from './block.js';
import { BlockCutter } from './block-cutter.js';
import { SourceError } from './read-error.js';

/** What a pipe holds: a chunk of this size tells that its writer is faster than we are. */
const FULL_CHUNK_BYTES = 64 * 1024;

/** A fast writer has the next chunk ready sooner than that. */
const NEXT_CHUNK_WAIT_MS = 1;

/** A Readable of bytes, or what is as good. */
export interface ChunkStream extends AsyncIterable<Buffer> {
  /** Ends it, for a reader that wants no more. */
  destroy(): unknown;
}

/**
 * Blocks from a stream of chunks (a pipe, a terminal, a decompressor). Chunks that come fast are put together, because small
 * blocks cost more; a slow producer's lines go out at once.
 *
 * @param signal ends the reading: the stream is destroyed, the complete lines read so far have been given
 * @throws SourceError when the stream fails
 */
export async function* streamBlocks(
  stream: ChunkStream,
  name: string,
  lineBytesMax: number,
  signal: AbortSignal,
): AsyncGenerator<Block> {
  const cutter = new BlockCutter(name, lineBytesMax);
  const stop = () => void stream.destroy();
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  const chunks = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer, undefined>;
  try {
    let next = ask(chunks);
    for (let result = await next; result.done !== true; result = await next) {
      const chunk = result.value;
      // One chunk is read while blocks are worked on.
      next = ask(chunks);
      for (let at = 0; at < chunk.length;) {
        const count = chunk.copy(cutter.space(), 0, at);
        at += count;
        cutter.fill(count);
        if (at < chunk.length) yield* cutter.cut();
      }
      const isFast = chunk.length >= FULL_CHUNK_BYTES && cutter.hasRoom(FULL_CHUNK_BYTES);
      if (!isFast || !(await comesSoon(next))) yield* cutter.cut();
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

type NextChunk = Promise<IteratorResult<Buffer, undefined>>;

function ask(chunks: AsyncIterator<Buffer, undefined>): NextChunk {
  const next = chunks.next();
  // It may fail while nobody waits for it; whoever does gets the error all the same.
  next.catch(() => undefined);
  return next;
}

function comesSoon(next: NextChunk): Promise<boolean> {
  return new Promise((resolve) => {
    // When this thread was busy for longer than that, what came meanwhile is seen only behind the timers.
    const late = setTimeout(() => setImmediate(resolve, false), NEXT_CHUNK_WAIT_MS);
    const settle = (comes: boolean): void => {
      clearTimeout(late);
      resolve(comes);
    };
    next.then(
      ({ done }) => settle(done !== true),
      () => settle(false),
    );
  });
}

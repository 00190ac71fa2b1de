import { Socket, type OnReadOpts, type SocketConstructorOpts } from 'node:net';
import type { Block } from './block.js';
import { BlockCutter } from './block-cutter.js';
import { SourceError } from './read-error.js';

/** What a pipe holds: a read that gives so much tells that the writer is faster than we are. */
const CHUNK_BYTES = 64 * 1024;

/** While a block is worked on the writer falls asleep, and waking it takes long: fewer, larger blocks than of a file. */
const BLOCK_BYTES = 512 * 1024;

/** A fast writer has the next chunk ready sooner than that. */
const NEXT_CHUNK_WAIT_MS = 1;

/**
 * Blocks from a pipe or socket. What a fast writer has is put together; a slow one's lines go out at once.
 *
 * @param fd is closed at the end, unless it is one of the standard ones
 * @param signal ends the reading: the complete lines read so far have been given
 * @param soon does something once a fast writer would have had the next chunk ready
 * @throws SourceError when reading fails
 */
export async function* pipeBlocks(
  fd: number,
  name: string,
  lineBytesMax: number,
  signal: AbortSignal,
  soon = (then: () => void): void => void setTimeout(then, NEXT_CHUNK_WAIT_MS),
): AsyncGenerator<Block> {
  const cutter = new BlockCutter(name, lineBytesMax, BLOCK_BYTES);
  const blocks: Block[] = [];
  const chunk = Buffer.allocUnsafeSlow(CHUNK_BYTES);
  let chunks = 0;
  let isTimed = false;
  let wake = (): void => undefined;

  const giveLines = (): void => {
    blocks.push(...cutter.cut());
    if (blocks.length > 0) wake();
  };
  const giveLinesUnlessMoreComes = (): void => {
    if (isTimed) return;
    isTimed = true;
    const seen = chunks;
    soon(() => {
      isTimed = false;
      if (chunks === seen) giveLines();
      else giveLinesUnlessMoreComes();
    });
  };

  const onread: OnReadOpts = {
    buffer: chunk,
    // No more than one call a chunk, and nothing that is waited for: what a chunk costs counts.
    callback(count) {
      chunks += 1;
      blocks.push(...cutter.add(chunk.subarray(0, count)));
      if (count === CHUNK_BYTES && cutter.hasRoom(CHUNK_BYTES)) giveLinesUnlessMoreComes();
      else giveLines();
      // Where there are blocks, no further until somebody asks.
      return blocks.length === 0;
    },
  };
  const options: SocketConstructorOpts & { onread: OnReadOpts } = { fd, readable: true, writable: false, onread };
  const socket = new Socket(options);
  socket.on('close', () => wake());
  // Followed by `close`; what it was is kept in `errored`.
  socket.on('error', () => undefined);
  const stop = () => void socket.destroy();
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();

  try {
    for (;;) {
      const block = blocks.shift();
      // One is read ahead of whoever works on them.
      if (blocks.length === 0) socket.resume();
      if (block !== undefined) yield block;
      else if (socket.closed) break;
      else await new Promise<void>((resolve) => (wake = resolve));
    }
    // All at once: a timer may still cut, too.
    yield* [...cutter.cut()];
    if (socket.errored) throw socket.errored;
    if (!signal.aborted) yield* cutter.end();
  } catch (error) {
    if (signal.aborted) return;
    throw new SourceError(name, 'read', error);
  } finally {
    signal.removeEventListener('abort', stop);
    socket.destroy();
  }
}

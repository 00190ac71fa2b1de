import { Socket, type OnReadOpts, type SocketConstructorOpts } from 'node:net';
import { onAbort } from '../world/index.js';
import type { Block } from './block.js';
import { BlockCutter } from './block-cutter.js';
import { SourceError } from './read-error.js';

/** A pipe's capacity: a read of this size shows that the writer is faster than we are. */
const CHUNK_BYTES = 64 * 1024;

/**
 * The writer sleeps while a block is processed, and waking it takes long: blocks are therefore fewer and larger than those of a
 * file.
 */
const BLOCK_BYTES = 512 * 1024;

/** A fast writer has its next chunk ready within this time. */
const NEXT_CHUNK_WAIT_MS = 1;

/**
 * Yields blocks from a pipe or socket. A fast writer's chunks are combined; a slow writer's lines are returned at once.
 *
 * @param fd is closed at the end, unless it is a standard descriptor
 * @param signal ends the reading: the complete lines read so far have been returned
 * @param soon runs a callback after the time by which a fast writer has its next chunk ready
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

  /** A failure ends the reading, and comes again at its end. */
  const take = (some: () => Iterable<Block>): void => {
    try {
      blocks.push(...some());
    } catch {
      socket.destroy();
    }
  };
  const giveLines = (): void => {
    take(() => cutter.cut());
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
    // Called at most once per chunk and without waiting, because the cost per chunk matters.
    callback(count) {
      chunks += 1;
      take(() => cutter.add(chunk.subarray(0, count)));
      if (count === CHUNK_BYTES && cutter.hasRoom(CHUNK_BYTES)) giveLinesUnlessMoreComes();
      else giveLines();
      // Once blocks are ready, stops reading until somebody asks for one.
      return blocks.length === 0;
    },
  };
  const options: SocketConstructorOpts & { onread: OnReadOpts } = { fd, readable: true, writable: false, onread };
  const socket = new Socket(options);
  socket.on('close', () => wake());
  // `close` follows; the error stays available in `errored`.
  socket.on('error', () => undefined);
  const stop = () => void socket.destroy();
  const leave = onAbort(signal, stop);
  if (signal.aborted) stop();

  try {
    for (;;) {
      const block = blocks.shift();
      // Reads one block ahead.
      if (blocks.length === 0) socket.resume();
      if (block !== undefined) yield block;
      else if (socket.closed) break;
      else await new Promise<void>((resolve) => (wake = resolve));
    }
    // All blocks at once, because a timer may also cut.
    yield* [...cutter.cut()];
    if (socket.errored) throw socket.errored;
    if (!signal.aborted) yield* cutter.end();
  } catch (error) {
    if (signal.aborted) return;
    throw new SourceError(name, 'read', error);
  } finally {
    leave();
    socket.destroy();
  }
}

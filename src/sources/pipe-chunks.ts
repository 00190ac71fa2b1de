import { Socket, type OnReadOpts, type SocketConstructorOpts } from 'node:net';
import type { ChunkStream } from './stream-source.js';

/** What a pipe holds. */
const CHUNK_BYTES = 64 * 1024;

/**
 * What comes out of a pipe or socket, in memory that is used again: a chunk stays as it is until the next but one is asked for.
 *
 * @param fd closed at the end
 */
export function pipeChunks(fd: number): ChunkStream {
  let [free, other] = [Buffer.allocUnsafeSlow(CHUNK_BYTES), Buffer.allocUnsafeSlow(CHUNK_BYTES)];
  let arrived: Buffer | undefined;
  let isClosed = false;
  let failure: Error | undefined;
  let wake = (): void => undefined;

  const onread: OnReadOpts = {
    buffer: () => free,
    callback(count) {
      arrived = free.subarray(0, count);
      [free, other] = [other, free];
      wake();
      // No further until somebody asks.
      return false;
    },
  };
  const options: SocketConstructorOpts & { onread: OnReadOpts } = { fd, readable: true, writable: false, onread };
  const socket = new Socket(options);
  socket.on('error', (error) => {
    failure = error;
    wake();
  });
  socket.on('close', () => {
    isClosed = true;
    wake();
  });

  const next = async (): Promise<IteratorResult<Buffer, undefined>> => {
    socket.resume();
    while (arrived === undefined) {
      if (failure !== undefined) throw failure;
      if (isClosed) return { done: true, value: undefined };
      await new Promise<void>((resolve) => (wake = resolve));
    }
    const value = arrived;
    arrived = undefined;
    return { done: false, value };
  };
  return { [Symbol.asyncIterator]: () => ({ next }), destroy: () => void socket.destroy() };
}

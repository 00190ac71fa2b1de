import type { ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';

interface OpenStream {
  readonly response: ServerResponse;
  readonly isOver: () => boolean;
  /** Bytes that the system had accepted at the last check, and when that number last changed. */
  taken: number;
  changedAt: number;
}

/** Long-running answers. Each is closed once its reader is no longer authorized or doesn't read the data that is waiting for it. */
export class OpenStreams {
  readonly #open = new Map<Readable, OpenStream>();

  /**
   * @param elapsed milliseconds of a clock that never jumps
   * @param idleMs how long a reader may read nothing
   */
  constructor(
    private readonly elapsed: () => number,
    private readonly idleMs: number,
  ) {}

  /** @param isOver called about once a second; true: the stream is closed */
  add(stream: Readable, response: ServerResponse, isOver: () => boolean): void {
    this.#open.set(stream, { response, isOver, taken: 0, changedAt: this.elapsed() });
    stream.once('close', () => this.#open.delete(stream));
    response.once('close', () => this.#open.delete(stream));
  }

  /** Call this about once a second. */
  sweep(): void {
    for (const [stream, open] of this.#open) {
      if (!this.#isStuck(open) && !open.isOver()) continue;
      this.#open.delete(stream);
      stream.destroy();
      // Data that waits for a stalled reader would keep the connection open.
      open.response.destroy();
    }
  }

  #isStuck(open: OpenStream): boolean {
    const { response } = open;
    const taken = (response.socket?.bytesWritten ?? 0) - response.writableLength;
    if (response.writableLength > 0 && taken === open.taken) return this.elapsed() - open.changedAt > this.idleMs;
    open.taken = taken;
    open.changedAt = this.elapsed();
    return false;
  }
}

import type { ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';

interface OpenStream {
  readonly response: ServerResponse;
  readonly isOver: () => boolean;
  /** Bytes that the system had taken when they were looked at last, and when they changed. */
  taken: number;
  changedAt: number;
}

/**
 * Answers that go on for long: each is broken off once whoever reads it would not be let in any more, or takes nothing of
 * what waits for it.
 */
export class OpenStreams {
  readonly #open = new Map<Readable, OpenStream>();

  /**
   * @param elapsed milliseconds of a clock that never jumps
   * @param idleMs so long a reader may take nothing
   */
  constructor(
    private readonly elapsed: () => number,
    private readonly idleMs: number,
  ) {}

  /** @param isOver asked about once a second; true: it is broken off */
  add(stream: Readable, response: ServerResponse, isOver: () => boolean): void {
    this.#open.set(stream, { response, isOver, taken: 0, changedAt: this.elapsed() });
    stream.once('close', () => this.#open.delete(stream));
    response.once('close', () => this.#open.delete(stream));
  }

  /** To be called about once a second. */
  sweep(): void {
    for (const [stream, open] of this.#open) {
      if (!this.#isStuck(open) && !open.isOver()) continue;
      this.#open.delete(stream);
      stream.destroy();
      // What waits for a reader that takes nothing would keep the connection open.
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

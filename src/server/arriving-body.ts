import type { Readable } from 'node:stream';

/** The most bytes that are read ahead, and up to a chunk more. */
const AHEAD_BYTES_MAX = 256 << 10;

/**
 * Reads a body ahead of whoever stores it: what arrives while a part is on its way to the disk is taken at once as the next part,
 * and shares the next sync.
 */
export class ArrivingBody {
  #chunks: Buffer[] = [];
  #bytes = 0;
  #isOver = false;
  #failure: Error | undefined;
  #wake: (() => void) | undefined;

  constructor(private readonly body: Readable) {
    body.on('data', this.#add);
    body.on('end', this.#end);
    body.on('error', this.#end);
    // A body that closes before its end has no other event.
    body.on('close', this.#close);
    if (body.destroyed) this.#close();
  }

  /**
   * Waits until something has arrived.
   *
   * @returns all chunks that have arrived since the last call; none at the body's end
   * @throws the body's error, once all that came before it is taken
   */
  async take(): Promise<readonly Buffer[]> {
    if (this.#bytes === 0 && !this.#isOver) await new Promise<void>((resolve) => (this.#wake = resolve));
    // A large body's chunks arrive one after the other within this turn of the event loop.
    if (!this.#isOver) await new Promise((resolve) => setImmediate(resolve));
    const chunks = this.#chunks;
    if (chunks.length === 0 && this.#failure !== undefined) throw this.#failure;
    this.#chunks = [];
    this.#bytes = 0;
    this.body.resume();
    return chunks;
  }

  /** Reads no more; the rest is left to others. */
  stop(): void {
    this.body.off('data', this.#add).off('end', this.#end).off('close', this.#close).pause();
  }

  readonly #add = (chunk: Buffer): void => {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    if (this.#bytes >= AHEAD_BYTES_MAX) this.body.pause();
    this.#wake?.();
  };

  readonly #end = (failure?: Error): void => {
    if (!this.#isOver) this.#failure = failure;
    this.#isOver = true;
    this.#wake?.();
  };

  readonly #close = (): void => this.#end(new Error('the body closed before its end'));
}

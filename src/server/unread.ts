import type { IncomingMessage } from 'node:http';

/** So much of a body that nobody wants is read: clients that look for an answer only when they have sent all get one. */
const BYTES_MAX = 4 << 20;
/** Until then whoever still sends has had the time to read the answer. */
const PATIENCE_MS = 2000;

/**
 * Reads what is left of bodies whose requests have their answer, within bounds: a connection whose client goes on sending is
 * cut off, and another goes on with its next request.
 */
export class UnreadBodies {
  /** By request: when its connection is cut off, milliseconds of a clock that never jumps. */
  readonly #deadlines = new Map<IncomingMessage, number>();

  constructor(private readonly elapsed: () => number) {}

  /**
   * To be called when a request gets its answer.
   *
   * @returns whether there is something left of it
   */
  drop(request: IncomingMessage): boolean {
    if (request.complete || !hasBody(request)) return false;
    if (this.#deadlines.has(request)) return true;
    this.#deadlines.set(request, this.elapsed() + PATIENCE_MS);
    request.once('close', () => this.#deadlines.delete(request));
    // Whoever was reading it has given up, and may have left it paused.
    request.unpipe();
    let bytes = 0;
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      // Its client can still read the answer: cut off at once, it might never see it.
      if (bytes > BYTES_MAX) request.pause();
    });
    request.resume();
    return true;
  }

  /** To be called about once a second. */
  sweep(): void {
    for (const [request, deadline] of this.#deadlines) if (this.elapsed() > deadline) request.socket.destroy();
  }
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

import type { IncomingMessage } from 'node:http';

/** The most bytes that are read of an unwanted body: this gives an answer to clients that read it only after sending everything. */
const BYTES_MAX = 4 << 20;
/** Long enough for a client that is still sending to have read the answer. */
const PATIENCE_MS = 2000;

/**
 * Reads the rest of bodies whose requests are already answered, within limits: a connection whose client keeps sending is
 * closed; otherwise it continues with the next request.
 */
export class UnreadBodies {
  /** When the connection of each request is closed, in milliseconds of a clock that never jumps. */
  readonly #deadlines = new Map<IncomingMessage, number>();

  constructor(private readonly elapsed: () => number) {}

  /**
   * Call this when a request is answered.
   *
   * @returns whether part of its body is still unread
   */
  drop(request: IncomingMessage): boolean {
    if (request.complete || !hasBody(request)) return false;
    if (this.#deadlines.has(request)) return true;
    this.#deadlines.set(request, this.elapsed() + PATIENCE_MS);
    request.once('close', () => this.#deadlines.delete(request));
    // The previous reader has given up and may have left the request paused.
    request.unpipe();
    let bytes = 0;
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      // The client can still read the answer: closing at once could lose it.
      if (bytes > BYTES_MAX) request.pause();
    });
    request.resume();
    return true;
  }

  /** Call this about once a second. */
  sweep(): void {
    for (const [request, deadline] of this.#deadlines) if (this.elapsed() > deadline) request.socket.destroy();
  }
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { ArrivingBody } from './arriving-body.js';
import { busy, HttpError, tooLarge } from './http-error.js';
import { Shares } from './shares.js';

const NEWLINE = Buffer.from('\n');

/** The most bytes of unfinished bodies held at a time, over all connections; increased so that a few bodies of the maximum size fit. */
const HELD_BYTES_MAX = 64 << 20;
const LARGEST_HELD = 4;

/** The maximum expansion of a compressed stream, once it is large: JSON that expands further is an attack. */
const GROWTH_MAX = 200;
const GROWTH_FREE_BYTES = 64 << 20;

interface Reading {
  /** Its index among the readings. */
  at: number;
  /** When the reading is abandoned, in milliseconds of a steady clock. */
  deadline: number;
  readonly giveUp: () => void;
}

/** Reads request bodies within limits of size, time, and memory over all connections. */
export class BodyReader {
  readonly #held: Shares;
  /** An array, because a set that becomes empty after each request allocates a table each time, and each table keeps the next one alive. */
  readonly #readings: Reading[] = [];

  /**
   * @param elapsed milliseconds of a clock that never jumps
   * @param patience a whole body must arrive within `bodyMs`, and some data of a stream within `idleMs`: a slower client is
   *   broken or malicious
   * @param bodyBytesMax the largest size of a body
   */
  constructor(
    private readonly elapsed: () => number,
    private readonly patience: { readonly bodyMs: number; readonly idleMs: number },
    bodyBytesMax: () => number,
  ) {
    this.#held = new Shares(() => Math.max(HELD_BYTES_MAX, bodyBytesMax() * LARGEST_HELD));
  }

  /** Abandons bodies that take too long. Call this about once a second. */
  sweep(): void {
    const now = this.elapsed();
    for (const reading of [...this.#readings]) if (reading.deadline < now) reading.giveUp();
  }

  /**
   * Returns the whole body and a newline.
   *
   * @param payer the account that it is charged to
   * @throws HttpError 400, 408, 413, 415, 503
   */
  async whole(request: IncomingMessage, bytesMax: number, payer: string): Promise<Buffer> {
    if (Number(request.headers['content-length'] ?? 0) > bytesMax) throw tooLarge(bytesMax);
    const body = unpacked(request);
    const chunks: Buffer[] = [];
    const hold = this.holding(payer);
    let bytes = 0;
    const take = (chunk: Buffer): HttpError | undefined => {
      bytes += chunk.length;
      if (bytes > bytesMax) return tooLarge(bytesMax);
      if (!hold(bytes)) return tooManyBodies();
      chunks.push(chunk);
      return undefined;
    };
    try {
      await this.#readToEnd(body, take);
      chunks.push(NEWLINE);
      return Buffer.concat(chunks, bytes + 1);
    } finally {
      hold(0);
    }
  }

  /**
   * Accounts for the bytes of one body.
   *
   * @returns a function that sets how many bytes are held; it returns false, and changes nothing, if they are too many
   */
  holding(payer: string): (bytes: number) => boolean {
    let held = 0;
    return (bytes) => {
      if (bytes > held && !this.#held.take(payer, bytes - held)) return false;
      if (bytes < held) this.#held.give(payer, held - bytes);
      held = bytes;
      return true;
    };
  }

  /** @param take called for each chunk; an error that it returns stops the reading, and the rest is discarded */
  #readToEnd(body: Readable, take: (chunk: Buffer) => HttpError | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      let isOver = false;
      const end = (error?: HttpError): void => {
        if (isOver) return;
        isOver = true;
        this.#end(reading);
        if (error === undefined) resolve();
        else reject(error);
      };
      const reading = this.#begin(this.patience.bodyMs, () => end(tookTooLong()));
      body.on('data', (chunk: Buffer) => {
        if (isOver) return;
        const refusal = take(chunk);
        if (refusal !== undefined) end(refusal);
      });
      body.on('end', () => end());
      body.on('error', (error) => end(bodyError(error)));
      // Every body closes; creating an error each time would cost more than the rest of a request.
      body.on('close', () => {
        if (!isOver) end(truncatedBody());
      });
    });
  }

  /**
   * Yields the body as it arrives, decompressed: each time, the chunks that have arrived since the last time.
   *
   * @throws HttpError 400, 408, 413, 415
   */
  async *stream(request: IncomingMessage): AsyncGenerator<readonly Buffer[], void, void> {
    const body = unpacked(request);
    const arriving = new ArrivingBody(body);
    let bytes = 0;
    const reading = this.#begin(this.patience.idleMs, () => request.destroy(tookTooLong()));
    try {
      for (;;) {
        const chunks = await arriving.take();
        if (chunks.length === 0) return;
        for (const chunk of chunks) bytes += chunk.length;
        if (isTrap(body, bytes)) throw grownTooMuch();
        // The time spent processing the chunks doesn't count against the client.
        reading.deadline = Number.POSITIVE_INFINITY;
        yield chunks;
        reading.deadline = this.elapsed() + this.patience.idleMs;
      }
    } catch (error) {
      throw bodyError(error);
    } finally {
      arriving.stop();
      this.#end(reading);
    }
  }

  #begin(ms: number, giveUp: () => void): Reading {
    const reading = { at: this.#readings.length, deadline: this.elapsed() + ms, giveUp };
    this.#readings.push(reading);
    return reading;
  }

  /** Moves the last reading to the place of the ended one. */
  #end(reading: Reading): void {
    const last = this.#readings.pop();
    if (last === undefined || last === reading) return;
    last.at = reading.at;
    this.#readings[reading.at] = last;
  }
}

/** @throws HttpError 415 for an unknown encoding */
function unpacked(request: IncomingMessage): Readable {
  const encoding = request.headers['content-encoding']?.trim().toLowerCase() ?? 'identity';
  if (encoding === 'identity') return request;
  if (encoding !== 'gzip' && encoding !== 'x-gzip') {
    throw new HttpError(415, 'Unsupported content encoding', 'a body may be gzip, or not compressed at all');
  }
  const gunzip = createGunzip();
  request.on('error', (error) => gunzip.destroy(error));
  request.on('close', () => {
    if (!request.complete) gunzip.destroy(truncatedBody());
  });
  return request.pipe(gunzip);
}

/** Whether a decompressed body is disproportionately larger than what was sent. */
function isTrap(body: Readable, bytes: number): boolean {
  return 'bytesWritten' in body && bytes > GROWTH_FREE_BYTES + Number(body.bytesWritten) * GROWTH_MAX;
}

export function tooManyBodies(): HttpError {
  return busy('too many unfinished bodies are coming in at once');
}

function grownTooMuch(): HttpError {
  return new HttpError(413, 'Request body too large', 'the body grows too much when it is decompressed');
}

function tookTooLong(): HttpError {
  return new HttpError(408, 'Request timeout', 'the body took too long to arrive');
}

function truncatedBody(): HttpError {
  return new HttpError(400, 'Bad request', 'the connection closed before the body was complete');
}

function bodyError(error: unknown): HttpError {
  if (error instanceof HttpError) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code.startsWith('Z_')) return new HttpError(400, 'Bad request', 'the body is not valid gzip data');
  return new HttpError(400, 'Bad request', 'the body could not be read to its end');
}

import { read } from 'node:fs';
import type { Transform } from 'node:stream';
import { promisify } from 'node:util';
import { onAbort } from '../world/index.js';
import { requireZstd, type Packing } from '../files/index.js';
import { BLOCK_BYTES } from './block-cutter.js';
import { ZstdFrames } from './zstd-frames.js';

const readAsync = promisify(read);

/** zlib's code for data that ends too early. */
const TOO_EARLY = 'Z_BUF_ERROR';

/** The content of an open compressed file, from its start, because it can't be decompressed from elsewhere. Can be read once. */
export class UnpackedFile {
  #bytesRead = 0;

  constructor(
    private readonly fd: number,
    private readonly packing: Packing,
  ) {}

  /** Compressed bytes of the file that were read. */
  get bytesRead(): number {
    return this.#bytesRead;
  }

  /**
   * @param signal ends the reading, with or without an error
   * @throws errors of zlib, or with the same codes, for damaged or truncated data; the operating system's errors
   */
  async *chunks(signal?: AbortSignal): AsyncGenerator<Buffer, void, void> {
    const frames = this.packing === 'zstd' ? new ZstdFrames() : undefined;
    const unpacker = await this.#unpacker();
    const stop = (): void => void unpacker.destroy();
    const leave = onAbort(signal, stop);
    if (signal?.aborted === true) stop();
    const feeding = this.#feed(unpacker, frames);
    try {
      yield* unpacker as AsyncIterable<Buffer>;
    } catch (error) {
      throw codeOf(error) === TOO_EARLY ? (faultOf(frames) ?? error) : error;
    } finally {
      leave();
      unpacker.destroy();
      // After this, the opener may close the file.
      await feeding;
    }
    // Some versions of Node take a truncated frame for a whole one.
    const fault = signal?.aborted === true ? undefined : faultOf(frames);
    if (fault !== undefined) throw fault;
  }

  async #unpacker(): Promise<Transform> {
    if (this.packing === 'zstd') return requireZstd().createZstdDecompress({ chunkSize: BLOCK_BYTES });
    const { createGunzip } = await import('node:zlib');
    return createGunzip({ chunkSize: BLOCK_BYTES });
  }

  async #feed(unpacker: Transform, frames: ZstdFrames | undefined): Promise<void> {
    let isGiven = false;
    try {
      while (!unpacker.destroyed) {
        const piece = Buffer.allocUnsafe(BLOCK_BYTES);
        const { bytesRead } = await readAsync(this.fd, piece, 0, piece.length, this.#bytesRead);
        this.#bytesRead += bytesRead;
        const bytes = piece.subarray(0, bytesRead);
        for (const part of frames?.cut(bytes) ?? [bytes]) {
          isGiven ||= part.length > 0;
          if (!unpacker.write(part)) await drained(unpacker);
        }
        if (bytesRead > 0 && frames?.isBroken !== true) continue;
        // Without any frame there is nothing to end.
        if (isGiven || frames === undefined) unpacker.end();
        else unpacker.push(null);
        return;
      }
    } catch (error) {
      unpacker.destroy(error as Error);
    }
  }
}

/** What is wrong with the frames of a file that was read to its end, or to bytes that are not a frame. */
function faultOf(frames: ZstdFrames | undefined): Error | undefined {
  if (frames?.isBroken === true) return Object.assign(new Error('damaged zstd data'), { code: 'Z_DATA_ERROR' });
  if (frames?.isWhole !== false) return undefined;
  return Object.assign(new Error('the zstd data ends too early'), { code: TOO_EARLY });
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

async function drained(unpacker: Transform): Promise<void> {
  await new Promise<void>((resolve) => {
    const done = (): void => {
      unpacker.off('drain', done).off('close', done);
      resolve();
    };
    unpacker.on('drain', done).on('close', done);
    if (unpacker.destroyed) done();
  });
}

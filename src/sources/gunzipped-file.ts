import { read } from 'node:fs';
import { promisify } from 'node:util';
import type { Gunzip } from 'node:zlib';
import { BLOCK_BYTES } from './block-cutter.js';

const readAsync = promisify(read);

/** The content of an open gzip file, from its start: it can't be decompressed from elsewhere. To be read once. */
export class GunzippedFile {
  #bytesRead = 0;

  constructor(private readonly fd: number) {}

  /** Bytes of the file that were read, compressed. */
  get bytesRead(): number {
    return this.#bytesRead;
  }

  /**
   * @param signal ends the reading, with an error or without
   * @throws errors of zlib for damaged or truncated data; the operating system's errors
   */
  async *chunks(signal?: AbortSignal): AsyncGenerator<Buffer, void, void> {
    const { createGunzip } = await import('node:zlib');
    const gunzip = createGunzip({ chunkSize: BLOCK_BYTES });
    const stop = (): void => void gunzip.destroy();
    signal?.addEventListener('abort', stop, { once: true });
    if (signal?.aborted === true) stop();
    const feeding = this.#feed(gunzip);
    try {
      yield* gunzip as AsyncIterable<Buffer>;
    } finally {
      signal?.removeEventListener('abort', stop);
      gunzip.destroy();
      // The file's opener may close it then.
      await feeding;
    }
  }

  async #feed(gunzip: Gunzip): Promise<void> {
    try {
      while (!gunzip.destroyed) {
        const piece = Buffer.allocUnsafe(BLOCK_BYTES);
        const { bytesRead } = await readAsync(this.fd, piece, 0, piece.length, this.#bytesRead);
        this.#bytesRead += bytesRead;
        if (bytesRead === 0) {
          gunzip.end();
          return;
        }
        if (!gunzip.write(piece.subarray(0, bytesRead))) await drained(gunzip);
      }
    } catch (error) {
      gunzip.destroy(error as Error);
    }
  }
}

async function drained(gunzip: Gunzip): Promise<void> {
  await new Promise<void>((resolve) => {
    const done = (): void => {
      gunzip.off('drain', done).off('close', done);
      resolve();
    };
    gunzip.on('drain', done).on('close', done);
    if (gunzip.destroyed) done();
  });
}

import { createReadStream } from 'node:fs';
import type { Gunzip } from 'node:zlib';
import type { Block } from './block.js';
import { BLOCK_BYTES } from './block-cutter.js';
import { openForReading } from './open-file.js';
import { chunkBlocks } from './stream-source.js';

/**
 * Blocks from a compressed file. Of a damaged one, everything before the damage is returned.
 *
 * @throws SourceError when it can't be read or is damaged
 */
export async function* gunzipBlocks(path: string, lineBytesMax: number, signal: AbortSignal): AsyncGenerator<Block> {
  yield* chunkBlocks(gunzipped(path, signal), path, lineBytesMax, signal);
}

/**
 * What comes out of a compressed file, in chunks.
 *
 * @throws what the file system and zlib throw
 */
export async function* gunzipped(path: string, signal: AbortSignal): AsyncGenerator<Buffer> {
  const { createGunzip } = await import('node:zlib');
  const gunzip = createGunzip({ chunkSize: BLOCK_BYTES });
  const compressed = createReadStream(path, { fd: openForReading(path) });
  const stop = (): void => void gunzip.destroy();
  signal.addEventListener('abort', stop, { once: true });
  let given = 0;
  try {
    if (signal.aborted) return;
    compressed.on('error', (error) => gunzip.destroy(error));
    for await (const chunk of compressed.pipe(gunzip) as AsyncIterable<Buffer>) {
      given += chunk.length;
      yield chunk;
    }
  } catch (error) {
    if (signal.aborted) return;
    if (isDamage(error)) yield* before(path, createGunzip({ chunkSize: BLOCK_BYTES }), gunzip.bytesWritten, given);
    throw error;
  } finally {
    signal.removeEventListener('abort', stop);
    compressed.destroy();
    gunzip.destroy();
  }
}

/**
 * What can be decompressed before the damage and was not returned yet. The decompressor withholds the output of bytes that it
 * was given together with damaged ones: so it gets the last bytes one by one.
 *
 * @param good bytes of the file without damage
 * @param given bytes that were returned already
 */
async function* before(path: string, gunzip: Gunzip, good: number, given: number): AsyncGenerator<Buffer> {
  const out: Buffer[] = [];
  let left = given;
  gunzip.on('data', (chunk: Buffer) => {
    if (chunk.length > left) out.push(chunk.subarray(left));
    left = Math.max(0, left - chunk.length);
  });
  // Damaged bytes are never acknowledged.
  const failed = new Promise<boolean>((resolve) => gunzip.on('error', () => resolve(false)));
  const put = (bytes: Buffer): Promise<boolean> =>
    Promise.race([failed, new Promise<boolean>((resolve) => gunzip.write(bytes, (error) => resolve(error == null)))]);
  let read = 0;
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    const whole = Math.max(0, Math.min(chunk.length, good - read));
    read += chunk.length;
    let isWhole = whole === 0 || (await put(chunk.subarray(0, whole)));
    for (let at = whole; at < chunk.length && isWhole; at++) isWhole = await put(chunk.subarray(at, at + 1));
    yield* out.splice(0);
    if (!isWhole) return;
  }
}

/** Damaged or truncated data, not a failing disk. */
function isDamage(error: unknown): boolean {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('Z_');
}

import { createReadStream } from 'node:fs';
import { onAbort } from '../world/index.js';
import { beforeDamage, isDamage } from './before-damage.js';
import { BLOCK_BYTES } from './block-cutter.js';
import { openForReading } from './open-file.js';

/**
 * Yields the content of a gzip file in chunks. Of a damaged file, yields everything before the damage.
 *
 * @throws the errors of the file system and of zlib
 */
export async function* gunzipped(path: string, signal: AbortSignal): AsyncGenerator<Buffer> {
  const { createGunzip } = await import('node:zlib');
  const gunzip = createGunzip({ chunkSize: BLOCK_BYTES });
  const compressed = createReadStream(path, { fd: openForReading(path) });
  const stop = (): void => void gunzip.destroy();
  const leave = onAbort(signal, stop);
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
    if (isDamage(error)) {
      const again = createGunzip({ chunkSize: BLOCK_BYTES });
      yield* beforeDamage(createReadStream(path) as AsyncIterable<Buffer>, again, gunzip.bytesWritten, given);
    }
    throw error;
  } finally {
    leave();
    compressed.destroy();
    gunzip.destroy();
  }
}

import type { Transform } from 'node:stream';

/** A decompressor of node:zlib. */
export type Decompressor = Transform & { readonly bytesWritten: number };

/**
 * What can be decompressed before the damage and was not returned yet. The decompressor withholds the output of bytes that it
 * was given together with damaged ones: so it gets the last bytes one by one.
 *
 * @param packed what the first decompressor was given
 * @param unpacker a new one
 * @param good bytes without damage
 * @param given bytes that were returned already
 */
export async function* beforeDamage(
  packed: AsyncIterable<Buffer>,
  unpacker: Decompressor,
  good: number,
  given: number,
): AsyncGenerator<Buffer> {
  const out: Buffer[] = [];
  let left = given;
  unpacker.on('data', (chunk: Buffer) => {
    if (chunk.length > left) out.push(chunk.subarray(left));
    left = Math.max(0, left - chunk.length);
  });
  // Damaged bytes are never acknowledged.
  const failed = new Promise<boolean>((resolve) => unpacker.on('error', () => resolve(false)));
  const put = (bytes: Buffer): Promise<boolean> =>
    Promise.race([failed, new Promise<boolean>((resolve) => unpacker.write(bytes, (error) => resolve(error == null)))]);
  let read = 0;
  for await (const chunk of packed) {
    const whole = Math.max(0, Math.min(chunk.length, good - read));
    read += chunk.length;
    let isWhole = whole === 0 || (await put(chunk.subarray(0, whole)));
    for (let at = whole; at < chunk.length && isWhole; at++) isWhole = await put(chunk.subarray(at, at + 1));
    yield* out.splice(0);
    if (!isWhole) return;
  }
}

/** Damaged or truncated data, not a failing disk. */
export function isDamage(error: unknown): boolean {
  return error instanceof Error && 'code' in error && /^Z(?:STD)?_/.test(String(error.code));
}

import type { Transform } from 'node:stream';

/** A decompressor of node:zlib. */
export type Decompressor = Transform & { readonly bytesWritten: number };

/**
 * Yields the content before the damage that was not returned yet. A decompressor withholds the output of good bytes that it
 * receives together with damaged ones, so the last bytes are fed one by one.
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

/** Whether an error means damaged or truncated data, not a failing disk. */
export function isDamage(error: unknown): boolean {
  return error instanceof Error && 'code' in error && /^Z(?:STD)?_/.test(String(error.code));
}

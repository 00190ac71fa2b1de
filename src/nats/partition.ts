const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/**
 * Returns the partition of a key, which is the same on every machine and never changes. FNV-1a over the key's UTF-8, 32 bits
 * (http://www.isthe.com/chongo/tech/comp/fnv/), modulo `partitions`.
 *
 * @returns 0 to `partitions` − 1
 */
export function partitionOf(key: string, partitions: number): number {
  let hash = FNV_OFFSET;
  for (const byte of Buffer.from(key)) hash = Math.imul(hash ^ byte, FNV_PRIME) >>> 0;
  return hash % partitions;
}

/** Events that can be numbered within one millisecond before the counter starts again: 2^34. */
export const ID_COUNTER_RANGE = 2 ** 34;

const RANDOM_BYTES_PER_ID = 5;
const POOL_BYTES = 5 * 1024;

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

const pool = new Uint8Array(POOL_BYTES);
let poolUsed = POOL_BYTES;

/**
 * Makes a UUIDv7 (RFC 9562 §5.7, with the counter of §6.2 method 1): 48 bits of time, 34 bits of counter, 40 random bits.
 * Ids sort by time, and within a millisecond by counter.
 *
 * @param timestamp milliseconds since the epoch, an integer below 2^48
 * @param counter the event's place within its millisecond, 0 to {@link ID_COUNTER_RANGE} − 1
 */
export function eventId(timestamp: number, counter: number): string {
  const timeHigh = Math.floor(timestamp / 2 ** 32);
  const timeLow = timestamp >>> 0;
  const counterHigh = Math.floor(counter / 2 ** 22) & 0xfff;
  const counterLow = counter % 2 ** 22;
  if (poolUsed === POOL_BYTES) {
    // The global, not `node:crypto`: that is loaded only when somebody asks for randomness.
    crypto.getRandomValues(pool);
    poolUsed = 0;
  }
  const r = poolUsed;
  poolUsed += RANDOM_BYTES_PER_ID;
  return (
    hex(timeHigh >>> 8) +
    hex(timeHigh) +
    hex(timeLow >>> 24) +
    hex(timeLow >>> 16) +
    '-' +
    hex(timeLow >>> 8) +
    hex(timeLow) +
    '-' +
    hex(0x70 | (counterHigh >>> 8)) +
    hex(counterHigh) +
    '-' +
    hex(0x80 | (counterLow >>> 16)) +
    hex(counterLow >>> 8) +
    '-' +
    hex(counterLow) +
    hex(pool[r] ?? 0) +
    hex(pool[r + 1] ?? 0) +
    hex(pool[r + 2] ?? 0) +
    hex(pool[r + 3] ?? 0) +
    hex(pool[r + 4] ?? 0)
  );
}

function hex(byte: number): string {
  return HEX[byte & 0xff] ?? '';
}

import { randomFillSync } from 'node:crypto';

/** Events that can be numbered within one millisecond before the counter wraps: 2^34. */
export const ID_COUNTER_RANGE = 2 ** 34;

const RANDOM_BYTES_PER_ID = 5;
const POOL_BYTES = 5 * 1024;

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

const pool = new Uint8Array(POOL_BYTES);
let poolUsed = POOL_BYTES;

/**
 * Returns a UUIDv7 (RFC 9562 §5.7, with the counter of §6.2 method 1): 48 bits of time, 34 bits of counter, 40 random bits. Ids
 * sort by time and, within a millisecond, by counter.
 *
 * @param timestamp milliseconds since the epoch, an integer below 2^48
 * @param counter the event's position within its millisecond, 0 to {@link ID_COUNTER_RANGE} − 1
 * @param last the last ten hexadecimal digits. Default: random
 */
export function eventId(timestamp: number, counter: number, last?: string): string {
  const timeHigh = Math.floor(timestamp / 2 ** 32);
  const timeLow = timestamp >>> 0;
  const counterHigh = Math.floor(counter / 2 ** 22) & 0xfff;
  const counterLow = counter % 2 ** 22;
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
    (last ?? randomDigits())
  );
}

function randomDigits(): string {
  const r = takeRandom();
  return (
    hex(pool[r] ?? 0) + hex(pool[r + 1] ?? 0) + hex(pool[r + 2] ?? 0) + hex(pool[r + 3] ?? 0) + hex(pool[r + 4] ?? 0)
  );
}

/** Length of an id, in characters. */
export const ID_LENGTH = 36;

/** The two hexadecimal digits of each byte, the first one in the low byte. */
const DIGITS = Uint16Array.from(HEX, (digits) => digits.charCodeAt(0) | (digits.charCodeAt(1) << 8));
const DASH = 0x2d;

/**
 * Writes {@link eventId}s of one millisecond as bytes, each over the previous one. For callers that write so many ids that
 * strings would dominate the cost.
 *
 * @param into {@link ID_LENGTH} bytes, which hold the most recent id
 * @returns a function that writes the id for a counter
 */
export function eventIdWriter(into: Uint8Array, timestamp: number): (counter: number) => void {
  const timeHigh = Math.floor(timestamp / 2 ** 32);
  const timeLow = timestamp >>> 0;
  writeByte(into, 0, timeHigh >>> 8);
  writeByte(into, 2, timeHigh);
  writeByte(into, 4, timeLow >>> 24);
  writeByte(into, 6, timeLow >>> 16);
  writeByte(into, 9, timeLow >>> 8);
  writeByte(into, 11, timeLow);
  for (const at of [8, 13, 18, 23]) into[at] = DASH;
  let highWritten = -1;

  return (counter) => {
    const counterHigh = Math.floor(counter / 2 ** 22) & 0xfff;
    // Consecutive events share the high bits.
    if (counterHigh !== highWritten) {
      writeByte(into, 14, 0x70 | (counterHigh >>> 8));
      writeByte(into, 16, counterHigh);
      highWritten = counterHigh;
    }
    const counterLow = counter % 2 ** 22;
    writeByte(into, 19, 0x80 | (counterLow >>> 16));
    writeByte(into, 21, counterLow >>> 8);
    writeByte(into, 24, counterLow);
    const from = takeRandom();
    for (let index = 0; index < RANDOM_BYTES_PER_ID; index++)
      writeByte(into, 26 + 2 * index, pool[from + index] as number);
  };
}

function writeByte(into: Uint8Array, at: number, byte: number): void {
  const digits = DIGITS[byte & 0xff] as number;
  into[at] = digits & 0xff;
  into[at + 1] = digits >>> 8;
}

/** Returns the offset of an id's random bytes in the pool. */
function takeRandom(): number {
  if (poolUsed === POOL_BYTES) {
    randomFillSync(pool);
    poolUsed = 0;
  }
  poolUsed += RANDOM_BYTES_PER_ID;
  return poolUsed - RANDOM_BYTES_PER_ID;
}

function hex(byte: number): string {
  return HEX[byte & 0xff] ?? '';
}

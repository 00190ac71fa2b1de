/*
 * The stored log is a folder of plain files.
 *
 *   001752195600000-0000000042.ndjson      a segment: records, one line each
 *   001752195600000-0000000041.ndjson.gz   an older segment, packed
 *   001752195600000-0000000042.index       where times lie in a segment; recreated if it is lost
 *   001752195600000-0000000042.torn        what recovery cut off a segment's end
 *   lock.7                                 who writes here; the file with the highest number counts
 *   log.head                               of an encrypted log: which log it is, and up to where it was acknowledged
 *   keys                                   the table of idempotency keys, if any were used
 *   claims-000003-1752195600000            what that table was made from, see `keys/claim-journal.ts`
 *
 * A record is one line of JSON, which grep and jq can read as it is:
 *
 *   {"id":"…","timestamp":1752195600000,"data":…,"metadata":…,"crc":"89abcdef"}\n
 *
 * `crc` is the CRC-32 (the one of gzip and PNG) of all the line's bytes before `,"crc":"`, in eight lower-case hex digits.
 * It is always the last key, so that it can be found from the line's end, and it is removed when a record leaves the log:
 * `,"crc":"89abcdef"}` becomes `}`. The lines of `.index` and of checkpoints are guarded in the same way.
 *
 * A segment's name has a timestamp, which none of its records is older than, and its number in the log. Names sort by time.
 *
 * Invariants:
 *  1. A record contains no newline. A line that ends in a newline and whose crc matches is a record as it was written.
 *  2. Timestamps never go back, within a segment or from one to the next, whatever the clock does.
 *  3. Segment numbers have no gaps. Retention removes segments only from the front, so a gap is a loss, and is reported.
 *  4. Only the segment with the highest number grows. A writer that starts begins a new one, and so does a writer whose
 *     write or sync failed: a position (segment number, offset in the unpacked segment) never means two records that were
 *     both acknowledged.
 *  5. An acknowledged record lies before the durable end: write, then fdatasync, then the acknowledgement. What follows
 *     the last intact line of the last segment was never acknowledged, or is damaged: recovery moves it into `.torn`.
 *  6. A segment that has a successor is never changed, only replaced by its packed form or removed. Damage in it stays and
 *     is reported by every reader that comes across it.
 */
import { crc32 } from 'node:zlib';

export const NEWLINE = 0x0a;

const CRC_KEY = Buffer.from(',"crc":"', 'latin1');
const CRC_DIGITS = 8;
const QUOTE = 0x22;
const CLOSING_BRACE = 0x7d;

/** `,"crc":"89abcdef"}` */
export const TAIL_BYTES = CRC_KEY.length + CRC_DIGITS + 2;

/** How much shorter a line is without its crc, because the tail becomes `}`. */
export const STRIPPED_BYTES = TAIL_BYTES - 1;

/** Cached when the first record is written: zlib is loaded late, and each look-up costs as much as a checksum. */
let takenCrc32: typeof crc32 | undefined;

const HEX_DIGITS = Buffer.from('0123456789abcdef', 'latin1');

/**
 * Completes a line: the bytes from `start` to `end` are an object without its closing brace; adds the crc, the brace and a
 * newline. `TAIL_BYTES + 1` bytes must be free behind `end`.
 *
 * @returns where the line ends, one past its newline
 */
export function writeTail(buffer: Buffer, start: number, end: number): number {
  const crc = crcOf(buffer, start, end);
  let at = end;
  for (let i = 0; i < CRC_KEY.length; i++) buffer[at++] = CRC_KEY[i] ?? 0;
  for (let shift = 28; shift >= 0; shift -= 4) buffer[at++] = HEX_DIGITS[(crc >>> shift) & 0xf] ?? 0;
  buffer[at++] = QUOTE;
  buffer[at++] = CLOSING_BRACE;
  buffer[at++] = NEWLINE;
  return at;
}

/** Whether the line from `start` to `end` (without its newline) ends in a crc that matches. */
export function isIntact(buffer: Buffer, start: number, end: number): boolean {
  const tail = end - TAIL_BYTES;
  if (tail <= start || buffer[end - 1] !== CLOSING_BRACE || buffer[end - 2] !== QUOTE) return false;
  for (let i = 0; i < CRC_KEY.length; i++) if (buffer[tail + i] !== CRC_KEY[i]) return false;
  const crc = crcOf(buffer, start, tail);
  for (let i = 0; i < CRC_DIGITS; i++) {
    if (buffer[tail + CRC_KEY.length + i] !== HEX_DIGITS[(crc >>> (28 - 4 * i)) & 0xf]) return false;
  }
  return true;
}

function crcOf(buffer: Buffer, start: number, end: number): number {
  takenCrc32 ??= crc32;
  return takenCrc32(buffer.subarray(start, end));
}

/** Serializes an object as one guarded line. It must have at least one key. */
export function guardedLine(value: Readonly<Record<string, unknown>>): Buffer {
  const body = Buffer.from(JSON.stringify(value).slice(0, -1));
  const line = Buffer.alloc(body.length + TAIL_BYTES + 1);
  body.copy(line);
  writeTail(line, 0, body.length);
  return line;
}

/** The content of a guarded line (given without its newline), without the key `crc`; undefined if the line is damaged. */
export function readGuardedLine(line: Buffer): unknown {
  if (!isIntact(line, 0, line.length)) return undefined;
  try {
    return JSON.parse(`${line.toString('utf8', 0, line.length - TAIL_BYTES)}}`);
  } catch {
    return undefined;
  }
}

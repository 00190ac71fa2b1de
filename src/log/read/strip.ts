import { isIntact, NEWLINE, STRIPPED_BYTES } from '../format/line.js';

const CLOSING_BRACE = 0x7d;

/** A run of intact lines without their crc. */
export interface StrippedRun {
  readonly records: number;
  /** Where the run's stripped lines end; they begin where the run began. */
  readonly end: number;
  /** Where checking stopped: at the first line that is not intact, or at the end. */
  readonly next: number;
}

/**
 * Checks whole lines and removes their crc in place: each line moves forward by as many bytes as those before it lost.
 *
 * @param start where the first line starts
 * @param end one past the last newline
 */
export function stripRun(buffer: Buffer, start: number, end: number): StrippedRun {
  let records = 0;
  let to = start;
  let at = start;
  while (at < end) {
    const newline = buffer.indexOf(NEWLINE, at);
    if (!isIntact(buffer, at, newline)) break;
    const body = newline - STRIPPED_BYTES;
    if (to !== at) buffer.copyWithin(to, at, body);
    to += body - at;
    buffer[to - 1] = CLOSING_BRACE;
    buffer[to] = NEWLINE;
    to += 1;
    records += 1;
    at = newline + 1;
  }
  return { records, end: to, next: at };
}

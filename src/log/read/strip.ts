import { isIntact, NEWLINE, STRIPPED_BYTES } from '../format/line.js';

const CLOSING_BRACE = 0x7d;

/** A run of intact lines, their crc taken off. */
export interface StrippedRun {
  readonly records: number;
  /** Where the run's stripped lines end; they start where the run started. */
  readonly end: number;
  /** Where reading stopped: at the first line that is not intact, or at the end. */
  readonly next: number;
}

/**
 * Checks whole lines and takes their crc off, in place: a line moves towards the front by what those before it lost.
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

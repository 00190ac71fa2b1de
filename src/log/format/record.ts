import { TAIL_BYTES, writeTail } from './line.js';

/** A record before it has its place in the log. */
export interface RecordText {
  readonly id: string;
  /** Milliseconds since the epoch, an integer. */
  readonly timestamp: number;
  /** JSON text without a line break, as a string or as UTF-8. */
  readonly data: string | Uint8Array;
  /** JSON text without a line break. */
  readonly metadata: string;
}

const HEAD = Buffer.from('{"id":"', 'latin1');
const AFTER_ID = Buffer.from('","timestamp":', 'latin1');
const QUOTE = 0x22;
const COMMA = 0x2c;
const ZERO = 0x30;

/** A UTF-16 code unit is at most this many bytes of UTF-8. */
const UTF8_BYTES_PER_UNIT = 3;
/** Keys, digits, braces and the tail of a line. */
const FRAME_BYTES = 64 + TAIL_BYTES;

/** Room that {@link writeRecord} may need: never less than what it takes. */
export function recordRoom({ id, data, metadata }: RecordText): number {
  const dataBytes = typeof data === 'string' ? data.length * UTF8_BYTES_PER_UNIT : data.length;
  return dataBytes + (id.length + metadata.length) * UTF8_BYTES_PER_UNIT + FRAME_BYTES;
}

/**
 * Writes a record as its line.
 *
 * @param at where the line starts; {@link recordRoom} bytes must be free there
 * @returns where it ends, one past its newline
 */
export function writeRecord(buffer: Buffer, at: number, record: RecordText): number {
  const { id, timestamp, data, metadata } = record;
  let end = at;
  if (typeof data === 'string') {
    end += buffer.write(`{"id":"${id}","timestamp":${timestamp},"data":${data},"metadata":${metadata}`, at);
  } else {
    end += buffer.write(`{"id":"${id}","timestamp":${timestamp},"data":`, at);
    buffer.set(data, end);
    end += data.length;
    end += buffer.write(`,"metadata":${metadata}`, end);
  }
  return writeTail(buffer, at, end);
}

/** The timestamp of the record whose line starts at `start`, or undefined when no record starts there. */
export function timestampAt(buffer: Buffer, start: number): number | undefined {
  const idEnd = endOfId(buffer, start);
  if (idEnd === undefined || !holds(buffer, idEnd, AFTER_ID)) return undefined;
  let timestamp = 0;
  for (let at = idEnd + AFTER_ID.length; ; at++) {
    const digit = (buffer[at] ?? 0) - ZERO;
    if (digit < 0 || digit > 9) return buffer[at] === COMMA ? timestamp : undefined;
    timestamp = timestamp * 10 + digit;
  }
}

/** The id of the record whose line starts at `start`, or undefined when no record starts there. */
export function idAt(buffer: Buffer, start: number): string | undefined {
  const idEnd = endOfId(buffer, start);
  return idEnd === undefined ? undefined : buffer.toString('latin1', start + HEAD.length, idEnd);
}

/** Longest id that a record may carry, in characters. */
export const ID_CHARACTERS_MAX = 128;

/** Whether a text can be an id: printable ASCII that JSON need not escape, so that a line's id can be read off its bytes. */
export function isId(text: string): boolean {
  return text.length > 0 && text.length <= ID_CHARACTERS_MAX && /^[!#-[\]-~]+$/.test(text);
}

function endOfId(buffer: Buffer, start: number): number | undefined {
  if (!holds(buffer, start, HEAD)) return undefined;
  const from = start + HEAD.length;
  const limit = Math.min(buffer.length, from + ID_CHARACTERS_MAX + 1);
  for (let at = from; at < limit; at++) if (buffer[at] === QUOTE) return at;
  return undefined;
}

function holds(buffer: Buffer, at: number, expected: Buffer): boolean {
  for (let i = 0; i < expected.length; i++) if (buffer[at + i] !== expected[i]) return false;
  return true;
}

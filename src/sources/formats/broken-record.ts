import { OVERLONG_HEAD_BYTES } from '../block.js';

/** No line of JSON, and no other line of a decoded input, begins with this byte. */
const MARK = 0x00;

/** Why a record could not be read. */
export type BrokenKind = 'invalid_row' | 'invalid_json' | 'invalid_utf8' | 'line_too_long';

/** An unreadable record, on its way to its dead letter. */
export interface BrokenRecord {
  readonly kind: BrokenKind;
  readonly message: string;
  /** The record's text, or the start of it. */
  readonly bytes: Buffer;
  /** The record's whole length. */
  readonly recordBytes: number;
}

/** Returns the line that stands for a broken record among lines of JSON. */
export function brokenLine(kind: BrokenKind, message: string, record: Buffer, recordBytes = record.length): Buffer {
  const bytes = kind === 'line_too_long' ? record.subarray(0, OVERLONG_HEAD_BYTES) : record;
  const text = JSON.stringify({ kind, message, base64: bytes.toString('base64'), recordBytes });
  return Buffer.from(`\0${text}\n`);
}

/** Whether a line of a decoded input stands for a broken record. */
export function isBroken(line: string): boolean {
  return line.charCodeAt(0) === MARK;
}

/** Parses a line made by {@link brokenLine}. */
export function readBroken(line: string): BrokenRecord {
  const { base64, ...rest } = JSON.parse(line.slice(1)) as Omit<BrokenRecord, 'bytes'> & { readonly base64: string };
  return { ...rest, bytes: Buffer.from(base64, 'base64') };
}

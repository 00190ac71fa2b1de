import { isUtf8 } from 'node:buffer';
import type { BrokenKind } from './broken-record.js';
import { BufferedDecoder, type RecordCutter } from './buffered-decoder.js';
import type { Decoder, DecoderOptions } from './decoder.js';
import type { JsonLines } from './json-lines.js';
import { OverLimit } from './over-limit.js';

const NEWLINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** Receives the records of an input, without their line breaks. */
export interface Records {
  /** Takes a record that is valid UTF-8. */
  add(bytes: Buffer, start: number, end: number): void;
  /** Takes an unreadable record. @param record the part of it that is kept */
  break(kind: BrokenKind, message: string, record: Buffer, recordBytes?: number): void;
}

/** Returns a decoder for formats whose records are lines. */
export function lineDecoder({ recordBytesMax }: DecoderOptions, recordsInto: (lines: JsonLines) => Records): Decoder {
  return new BufferedDecoder((lines) => lineCutter(recordsInto(lines), recordBytesMax));
}

/** Cuts lines out of the bytes. */
export function lineCutter(records: Records, recordBytesMax: number): RecordCutter {
  const overLimit = new OverLimit('line', recordBytesMax);
  const take = (bytes: Buffer, start: number, end: number, isText: boolean): void => {
    if (overLimit.exceeds(end - start)) {
      overLimit.skip(bytes.subarray(start, end));
      const overlong = overLimit.end();
      if (overlong !== undefined) records.break('line_too_long', overlong.message, overlong.head, overlong.bytes);
    } else {
      addText(records, bytes, start, withoutReturn(bytes, start, end), isText);
    }
  };
  return {
    cut(bytes, isText, isAll) {
      let start = 0;
      for (let newline = bytes.indexOf(NEWLINE); newline !== -1; newline = bytes.indexOf(NEWLINE, start)) {
        take(bytes, start, newline, isText);
        start = newline + 1;
      }
      if (isAll) {
        if (start < bytes.length || overLimit.isSkipping) take(bytes, start, bytes.length, isText);
        return bytes.length;
      }
      if (!overLimit.exceeds(bytes.length - start)) return start;
      overLimit.skip(bytes.subarray(start));
      return bytes.length;
    },
  };
}

/** Adds a record, or breaks it if it is not valid UTF-8. @param isText whether all bytes are known to be valid UTF-8 */
export function addText(records: Records, bytes: Buffer, start: number, end: number, isText: boolean): void {
  const record = isText ? undefined : bytes.subarray(start, end);
  if (record === undefined || isUtf8(record)) records.add(bytes, start, end);
  else records.break('invalid_utf8', '', record);
}

/** The end of a line, without the carriage return before its newline. */
export function withoutReturn(bytes: Buffer, start: number, newline: number): number {
  return newline > start && bytes[newline - 1] === CARRIAGE_RETURN ? newline - 1 : newline;
}

import { brokenLine } from './broken-record.js';
import type { InputFormat } from './decoder.js';
import type { JsonLines } from './json-lines.js';
import { lineDecoder } from './line-decoder.js';

const QUOTE = Buffer.from('"');
const END = Buffer.from('"\n');

/** Plain text: every line, even an empty one, is an event whose data is the line. */
export const text: InputFormat = {
  name: 'text',
  extensions: [],
  summary: 'plain text: the data of an event is a line, as text',
  open: (options) =>
    lineDecoder(options, (lines) => ({
      add: (bytes, start, end) => addTextLine(lines, bytes, start, end),
      break: (...broken) => lines.append(brokenLine(...broken)),
    })),
};

/** Writes text as a line of JSON. */
export function addTextLine(lines: JsonLines, bytes: Buffer, start: number, end: number): void {
  lines.append(QUOTE);
  lines.appendEscaped(bytes, start, end);
  lines.append(END);
}

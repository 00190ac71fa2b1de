import type { InputFormat } from './decoder.js';
import type { JsonLines } from './json-lines.js';
import { lineDecoder } from './line-decoder.js';
import { NamedRows, type SplitRow } from './named-rows.js';

/** Tab-separated values: IANA's text/tab-separated-values, with the escapes that Miller and PostgreSQL write. */
export const tsv: InputFormat = {
  name: 'tsv',
  extensions: ['.tsv'],
  summary:
    'tab-separated values: the first row names the fields, all values are text; \\t, \\n, \\r and \\\\ are escapes',
  open(options) {
    return lineDecoder(options, (lines) => new NamedRows(options.source, lines, splitTsv));
  },
};

const TAB = 0x09;
const BACKSLASH = 0x5c;
/** The characters that may follow a backslash, and their meanings. */
const ESCAPES: ReadonlyMap<number | undefined, Buffer> = new Map(
  [
    ['t', '\t'],
    ['n', '\n'],
    ['r', '\r'],
    ['\\', '\\'],
  ].map(([letter = '', meaning = '']) => [letter.charCodeAt(0), Buffer.from(meaning)]),
);

const splitTsv: SplitRow = (bytes, start, end, into, before) => {
  let count = 0;
  for (let from = start; from <= end; count++) {
    before(count);
    from = field(bytes, from, end, into) + 1;
  }
  return count;
};

/** @returns the position of the field's tab */
function field(bytes: Buffer, from: number, end: number, into: JsonLines): number {
  const tab = bytes.indexOf(TAB, from);
  const to = tab === -1 || tab > end ? end : tab;
  let at = from;
  for (let escape = bytes.indexOf(BACKSLASH, at); escape !== -1 && escape < to; escape = bytes.indexOf(BACKSLASH, at)) {
    const meaning = escape + 1 < to ? ESCAPES.get(bytes[escape + 1]) : undefined;
    // Before any other letter the backslash is literal.
    into.appendEscaped(bytes, at, meaning === undefined ? escape + 1 : escape);
    if (meaning !== undefined) into.appendEscaped(meaning, 0, meaning.length);
    at = meaning === undefined ? escape + 1 : escape + 2;
  }
  into.appendEscaped(bytes, at, to);
  return to;
}

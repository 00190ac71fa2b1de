import type { JsonLines } from './json-lines.js';
import type { SplitRow } from './named-rows.js';

const COMMA = 0x2c;
const QUOTE = 0x22;

/** Splits a row into fields at commas, respecting quotes. The row must be well-formed: a field that begins with a quote ends with one. */
export const splitCsv: SplitRow = (bytes, start, end, into, before) => {
  let count = 0;
  // The last field has no comma after it; a trailing comma is followed by an empty field.
  for (let from = start; from <= end; count++) {
    before(count);
    from =
      bytes[from] === QUOTE && from < end
        ? quotedField(bytes, from + 1, into)
        : into.appendField(bytes, from, end, COMMA);
    from += 1;
  }
  return count;
};

/** @param from the position after the opening quote @returns the position of the field's comma */
function quotedField(bytes: Buffer, from: number, into: JsonLines): number {
  for (let start = from; ;) {
    const quote = bytes.indexOf(QUOTE, start);
    const isDoubled = bytes[quote + 1] === QUOTE;
    into.appendEscaped(bytes, start, isDoubled ? quote + 1 : quote);
    if (!isDoubled) return quote + 1;
    start = quote + 2;
  }
}

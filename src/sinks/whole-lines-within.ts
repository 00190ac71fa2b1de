const NEWLINE = 0x0a;
const QUOTE = 0x22;

/**
 * Returns how many bytes of whole lines fit into `room`: at least one line if the file is empty, however long it is.
 *
 * @param breaksRows a newline in double quotes does not end a line
 */
export function wholeLinesWithin(lines: Uint8Array, room: number, fileIsEmpty: boolean, breaksRows = false): number {
  if (breaksRows) return wholeRowsWithin(lines, room, fileIsEmpty);
  const last = room > 0 ? lines.lastIndexOf(NEWLINE, room - 1) : -1;
  if (last >= 0 || !fileIsEmpty) return last + 1;
  const first = lines.indexOf(NEWLINE);
  return first === -1 ? lines.length : first + 1;
}

function wholeRowsWithin(lines: Uint8Array, room: number, fileIsEmpty: boolean): number {
  let fits = 0;
  for (let quote = indexOrEnd(lines, QUOTE, 0), at = 0; at < lines.length;) {
    const end = indexOrEnd(lines, NEWLINE, at) + 1;
    if (quote < end) {
      // A doubled quote is the end of one quoted section and the start of the next.
      at = indexOrEnd(lines, QUOTE, quote + 1) + 1;
      quote = indexOrEnd(lines, QUOTE, at);
      continue;
    }
    if (end > room) return fits > 0 || !fileIsEmpty ? fits : Math.min(end, lines.length);
    fits = at = end;
  }
  return Math.min(fits, lines.length);
}

function indexOrEnd(bytes: Uint8Array, byte: number, from: number): number {
  const at = bytes.indexOf(byte, from);
  return at === -1 ? bytes.length : at;
}

const NEWLINE = 0x0a;

/** How many bytes of whole lines fit into `room`; at least one line when the file is empty, however long it is. */
export function wholeLinesWithin(lines: Uint8Array, room: number, fileIsEmpty: boolean): number {
  const last = room > 0 ? lines.lastIndexOf(NEWLINE, room - 1) : -1;
  if (last >= 0 || !fileIsEmpty) return last + 1;
  const first = lines.indexOf(NEWLINE);
  return first === -1 ? lines.length : first + 1;
}

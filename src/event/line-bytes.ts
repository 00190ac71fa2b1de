import { AFTER_ID, BEFORE_ID } from './frame.js';

const HEAD = Buffer.from(BEFORE_ID, 'latin1');
const BEHIND_ID = Buffer.from(AFTER_ID, 'latin1');
const QUOTE = 0x22;
const COMMA = 0x2c;
const ZERO = 0x30;

/** Returns the timestamp of the event whose line starts at `start`, or undefined if no event starts there. */
export function timestampOfLine(buffer: Buffer, start: number): number | undefined {
  const idEnd = endOfId(buffer, start);
  if (idEnd === undefined || !holds(buffer, idEnd, BEHIND_ID)) return undefined;
  let timestamp = 0;
  for (let at = idEnd + BEHIND_ID.length; ; at++) {
    const digit = (buffer[at] ?? 0) - ZERO;
    if (digit < 0 || digit > 9) return buffer[at] === COMMA ? timestamp : undefined;
    timestamp = timestamp * 10 + digit;
  }
}

/** Returns the id of the event whose line starts at `start`, or undefined if no event starts there. */
export function idOfLine(buffer: Buffer, start: number): string | undefined {
  const idEnd = endOfId(buffer, start);
  return idEnd === undefined ? undefined : buffer.toString('latin1', start + HEAD.length, idEnd);
}

/** Maximum length of an event's id, in characters. */
export const ID_CHARACTERS_MAX = 128;

/** Whether a text is a valid id: printable ASCII without characters that JSON escapes, so that the id can be read from a line's bytes. */
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

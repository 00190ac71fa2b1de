import type { TimeFields } from './fields.js';

/** Reads a field at a position in a text and returns where it ends; −1 if it is not there. */
export type Read = (text: string, at: number, into: TimeFields) => number;

/** Reads one of several names, in any case. The field is set to the index of the name, counted from `first`. */
export function readName(field: keyof TimeFields, names: readonly string[], first: number): Read {
  const known = names.map((name) => name.toLowerCase());
  return (text, at, into) => {
    const index = known.findIndex((name) => text.slice(at, at + name.length).toLowerCase() === name);
    const name = known[index];
    if (name === undefined) return -1;
    into[field] = first + index;
    return at + name.length;
  };
}

/** Reads all digits, up to the given number of them. */
export function readNumber(field: keyof TimeFields, digits: number, min: number, max: number): Read {
  return (text, at, into) => {
    const end = digitsEnd(text, at, digits);
    const number = end === at ? -1 : Number(text.slice(at, end));
    if (number < min || number > max) return -1;
    into[field] = number;
    return end;
  };
}

export function behindSpace(read: Read): Read {
  return (text, at, into) => read(text, text.charAt(at) === ' ' ? at + 1 : at, into);
}

export function readYear(text: string, at: number, into: TimeFields): number {
  const isSigned = text.charAt(at) === '+' || text.charAt(at) === '-';
  const width = isSigned ? 6 : 4;
  const start = isSigned ? at + 1 : at;
  const end = digitsEnd(text, start, width);
  if (end - start !== width) return -1;
  into.year = Number(text.slice(at, end));
  return end;
}

/** Two digits mean 1969 to 2068, as in POSIX. */
export function readShortYear(text: string, at: number, into: TimeFields): number {
  const end = digitsEnd(text, at, 2);
  if (end - at !== 2) return -1;
  const year = Number(text.slice(at, end));
  into.year = year < 69 ? 2000 + year : 1900 + year;
  return end;
}

export function readFraction(text: string, at: number, into: TimeFields): number {
  const end = digitsEnd(text, at, 9);
  if (end === at) return -1;
  into.millisecond = Number(text.slice(at, Math.min(end, at + 3)).padEnd(3, '0'));
  return end;
}

const OFFSET = /Z|([+-])([01][0-9]|2[0-3]):?([0-5][0-9])(?::?([0-5][0-9]))?/y;

export function readOffset(text: string, at: number, into: TimeFields): number {
  OFFSET.lastIndex = at;
  const match = OFFSET.exec(text);
  if (match === null) return -1;
  const [whole, sign, hours = 0, minutes = 0, seconds = 0] = match;
  const ahead = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
  into.offset = (sign === '-' ? -1000 : 1000) * ahead;
  return at + whole.length;
}

export function readEpochSecond(text: string, at: number, into: TimeFields): number {
  const start = text.charAt(at) === '-' ? at + 1 : at;
  const end = digitsEnd(text, start, 14);
  if (end === start) return -1;
  into.epochSecond = Number(text.slice(at, end));
  return end;
}

function digitsEnd(text: string, start: number, max: number): number {
  let at = start;
  while (at < start + max && text.charCodeAt(at) >= 0x30 && text.charCodeAt(at) <= 0x39) at += 1;
  return at;
}

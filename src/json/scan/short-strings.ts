import { BACKSLASH } from './bytes.js';

/** Strings up to this length are looked up among earlier ones. */
const SHORT_STRING = 24;
const CACHE_SIZE = 1024;
const cache: string[] = new Array<string>(CACHE_SIZE).fill('');

/** Reads the string whose body is the bytes from `start` to `end`, between its quotes. */
export function readString(bytes: Buffer, start: number, end: number): string {
  if (end - start <= SHORT_STRING) return shortString(bytes, start, end);
  for (let at = start; at < end; at++) if (bytes[at] === BACKSLASH) return unescaped(bytes, start, end);
  return bytes.toString('utf8', start, end);
}

/** Levels, countries, names: short strings recur, and comparing is faster than creating them. */
function shortString(bytes: Buffer, start: number, end: number): string {
  let hash = end - start;
  for (let at = start; at < end; at++) {
    const byte = bytes[at] as number;
    if (byte === BACKSLASH) return unescaped(bytes, start, end);
    hash = (Math.imul(hash, 31) + byte) | 0;
  }
  const place = (hash ^ (hash >>> 10)) & (CACHE_SIZE - 1);
  const known = cache[place] as string;
  if (isSameText(known, bytes, start, end)) return known;
  const text = bytes.toString('utf8', start, end);
  cache[place] = text;
  return text;
}

function unescaped(bytes: Buffer, start: number, end: number): string {
  return JSON.parse(bytes.toString('utf8', start - 1, end + 1)) as string;
}

/** Whether the bytes equal the text. False for any non-ASCII text. */
function isSameText(text: string, bytes: Uint8Array, start: number, end: number): boolean {
  const { length } = text;
  if (length !== end - start) return false;
  for (let at = 0; at < length; at++) {
    const code = text.charCodeAt(at);
    if (code !== bytes[start + at] || code > 0x7f) return false;
  }
  return true;
}

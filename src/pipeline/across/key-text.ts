import { distinctKey, type Json } from 'computo-js';

/** Marks what is no text, and texts that begin with it. */
const MARK = '\u0000';

/** A text that is the same for equal values, and for these alone. Of most texts it is the text itself. */
export function keyText(value: Json): string {
  if (typeof value !== 'string') {
    const key = distinctKey(value);
    return typeof key === 'number' ? `${MARK}${key}` : `${MARK}=${key}`;
  }
  return value.startsWith(MARK) ? `${MARK}"${value}` : value;
}

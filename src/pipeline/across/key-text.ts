import { distinctKey, type Json } from 'computo-js';

/** Marks values that are not texts, and texts that begin with this character. */
const MARK = '\u0000';

/** Returns a text that is the same for equal values and for no others. For most texts it is the text itself. */
export function keyText(value: Json): string {
  if (typeof value !== 'string') {
    const key = distinctKey(value);
    return typeof key === 'number' ? `${MARK}${key}` : `${MARK}=${key}`;
  }
  // Compared by its code, which is faster.
  return value.charCodeAt(0) === 0 ? `${MARK}"${value}` : value;
}

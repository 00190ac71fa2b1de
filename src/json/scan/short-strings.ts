import { BACKSLASH } from './bytes.js';
import type { Text } from './skip.js';

/** Strings of up to this many bytes are looked up among earlier ones. */
const SHORT_STRING = 24;
const CACHE_SIZE = 1024;
const WORD = 4;
const WORDS = SHORT_STRING / WORD;

/** Levels, countries, names: short strings recur, and comparing their bytes is faster than creating them. */
const texts: string[] = new Array<string>(CACHE_SIZE).fill('');
/** Length in bytes, and bytes as words, of each cached string. The last word overlaps the one before it. */
const lengths = new Uint8Array(CACHE_SIZE);
const written = new Int32Array(CACHE_SIZE * WORDS);

/** Reads the string whose body is the bytes from `start` to `end`, between its quotes. */
export function readString(text: Text, start: number, end: number): string {
  if (end - start > SHORT_STRING) return newString(text.bytes, start, end);
  return end - start < WORD ? tinyString(text.bytes, start, end) : shortString(text, start, end);
}

function shortString({ bytes, words }: Text, start: number, end: number): string {
  const last = end - WORD;
  let hash = end - start;
  for (let at = start; at < last; at += WORD) hash = Math.imul(hash ^ words.getInt32(at, true), HASH_FACTOR);
  const lastWord = words.getInt32(last, true);
  const place = placeOf(Math.imul(hash ^ lastWord, HASH_FACTOR));

  let word = place * WORDS;
  let isSame = lengths[place] === end - start;
  for (let at = start; isSame && at < last; at += WORD) isSame = words.getInt32(at, true) === written[word++];
  if (isSame && written[word] === lastWord) return texts[place] as string;

  word = place * WORDS;
  for (let at = start; at < last; at += WORD) written[word++] = words.getInt32(at, true);
  written[word] = lastWord;
  lengths[place] = end - start;
  return (texts[place] = newString(bytes, start, end));
}

/** Reads a string shorter than a word. */
function tinyString(bytes: Buffer, start: number, end: number): string {
  let word = 0;
  for (let at = start; at < end; at++) word = (word << 8) | (bytes[at] as number);
  const place = placeOf(Math.imul(word ^ (end - start), HASH_FACTOR));
  if (lengths[place] === end - start && written[place * WORDS] === word) return texts[place] as string;
  written[place * WORDS] = word;
  lengths[place] = end - start;
  return (texts[place] = newString(bytes, start, end));
}

/** About 2^32 divided by the golden ratio: an odd number whose one bits are well spread. */
const HASH_FACTOR = 0x9e3779b1;

/** Takes the upper bits of a product, because all of its bits contribute to them. */
function placeOf(hash: number): number {
  return (hash >>> 22) & (CACHE_SIZE - 1);
}

function newString(bytes: Buffer, start: number, end: number): string {
  for (let at = start; at < end; at++) {
    if (bytes[at] === BACKSLASH) return JSON.parse(bytes.toString('utf8', start - 1, end + 1)) as string;
  }
  return bytes.toString('utf8', start, end);
}

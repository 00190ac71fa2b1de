import { isUtf8 } from 'node:buffer';
import { EventFailure } from '../failure.js';

/** The failure of a line that exceeds the limit of `setting`. */
export function tooLong(lineBytes: number, lineBytesMax: number, setting = 'processing.max_line_size'): EventFailure {
  const message = `the line has ${lineBytes} bytes, the limit is ${lineBytesMax} (${setting})`;
  return new EventFailure('line_too_long', message);
}

/** The failure of a line that is not valid UTF-8: says where the invalid bytes start, and what to do about the likely cause. */
export function notUtf8(bytes: Buffer): EventFailure {
  const utf16 = bytes[1] === 0 || (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
  const advice = utf16 ? '; it looks like UTF-16: convert it first, for example with iconv -f UTF-16 -t UTF-8' : '';
  const message = `the bytes are not valid UTF-8 from byte ${firstBadByte(bytes) + 1} of the line on${advice}`;
  return new EventFailure('invalid_utf8', message);
}

/** One less than the bytes of the longest character: a prefix cut inside a character has at most this many invalid bytes. */
const CHARACTER_REST_MAX = 3;

/** The length of the longest valid prefix, found by binary search. */
function firstBadByte(bytes: Buffer): number {
  let good = 0;
  let bad = bytes.length;
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    const whole = wholeCharacters(bytes.subarray(0, middle));
    if (whole === undefined) bad = middle;
    else good = middle;
  }
  return wholeCharacters(bytes.subarray(0, good)) ?? 0;
}

/** The length of the prefix without a character cut off at its end; undefined if it is invalid before that. */
function wholeCharacters(prefix: Buffer): number | undefined {
  for (let rest = 0; rest <= CHARACTER_REST_MAX && rest <= prefix.length; rest++) {
    if (isUtf8(prefix.subarray(0, prefix.length - rest))) return prefix.length - rest;
  }
  return undefined;
}

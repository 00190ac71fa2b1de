import { MINUS, POINT, ZERO } from './bytes.js';

/** How many digits after the decimal point are tried. */
const PLACES_MAX = 4;
/** Below this, digits are split off with integer operations. */
const DIGITS_END = 1e9;
/** Longer integers are written in two parts, the second with this many digits. Times in milliseconds have 13 digits in all. */
const LOW_DIGITS = 8;
const LOW_END = 10 ** LOW_DIGITS;
/** The most bytes that are written: a sign and 16 digits. */
export const DECIMAL_BYTES_MAX = 17;

/**
 * Writes a number with few digits at `start`, as `String` would.
 *
 * A double stands for only one decimal of at most 15 digits. If such an integer divided by a power of ten equals the value, the
 * integer's digits are therefore the shortest text.
 *
 * @returns where the number ends; −1 if it must be left to `String`
 */
export function writeDecimal(bytes: Uint8Array, start: number, value: number): number {
  const magnitude = Math.abs(value);
  if (!(magnitude < DIGITS_END)) return Number.isSafeInteger(value) ? writeLong(bytes, start, value) : -1;
  let scale = 1;
  let places = 0;
  let digits = Math.round(magnitude);
  while (digits / scale !== magnitude) {
    if (places === PLACES_MAX) return -1;
    places += 1;
    scale *= 10;
    digits = Math.round(magnitude * scale);
    if (digits >= DIGITS_END) return -1;
  }
  let at = start;
  if (value < 0) bytes[at++] = MINUS;
  const end = at + Math.max(digitsOf(digits), places + 1) + (places > 0 ? 1 : 0);
  let rest = digits | 0;
  for (let place = end - 1; place >= at; place--) {
    if (places > 0 && end - 1 - place === places) {
      bytes[place] = POINT;
      continue;
    }
    const tenth = (rest / 10) | 0;
    bytes[place] = ZERO + rest - tenth * 10;
    rest = tenth;
  }
  return end;
}

/** Writes an integer too long for one step; returns where it ends. */
function writeLong(bytes: Uint8Array, start: number, value: number): number {
  const magnitude = Math.abs(value);
  const high = Math.floor(magnitude / LOW_END);
  const middle = writeDecimal(bytes, start, value < 0 ? -high : high);
  const end = middle + LOW_DIGITS;
  let rest = (magnitude - high * LOW_END) | 0;
  for (let place = end - 1; place >= middle; place--) {
    const tenth = (rest / 10) | 0;
    bytes[place] = ZERO + rest - tenth * 10;
    rest = tenth;
  }
  return end;
}

function digitsOf(integer: number): number {
  let count = 1;
  for (let end = 10; end <= integer; end *= 10) count += 1;
  return count;
}

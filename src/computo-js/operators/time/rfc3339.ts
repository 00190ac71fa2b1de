import { dateOf, daysInMonth, daysSince1970, MS_PER_DAY } from './calendar.js';
import { threeDigits, twoDigits, yearText } from './digits.js';
import { momentOf } from './moment.js';
import { UTC } from './zone.js';

const ZERO = 0x30;
const HYPHEN = 0x2d;
const COLON = 0x3a;
const DOT = 0x2e;
const PLUS = 0x2b;
const LENGTH_MIN = '1970-01-01T00:00:00Z'.length;
const SECONDS_END = LENGTH_MIN - 1;
const MS_PER_MINUTE = 60_000;
/** So negative that no other digits can make up for it. */
const NO_DIGITS = -100_000;

/**
 * Reads a time exactly as defined by RFC 3339, with seconds and an offset. Second 60 is accepted where a leap second is possible;
 * as in POSIX, it is the first second of the next day.
 *
 * @returns milliseconds since 1970, rounded toward the past; undefined for any other text
 */
export function readRfc3339(text: string): number | undefined {
  if (text.length < LENGTH_MIN || !hasSeparators(text)) return undefined;
  const year = pairAt(text, 0) * 100 + pairAt(text, 2);
  const month = pairAt(text, 5);
  const day = pairAt(text, 8);
  const hour = pairAt(text, 11);
  const minute = pairAt(text, 14);
  const second = pairAt(text, 17);
  if (year < 0 || month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return undefined;
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60) return undefined;

  let at = SECONDS_END;
  let milliseconds = 0;
  if (text.charCodeAt(at) === DOT) {
    const start = at + 1;
    at = start;
    for (let scale = 100; isDigit(text.charCodeAt(at)); at++, scale = Math.floor(scale / 10)) {
      milliseconds += (text.charCodeAt(at) - ZERO) * scale;
    }
    if (at === start) return undefined;
  }
  const offset = offsetAt(text, at);
  if (offset === undefined) return undefined;
  const minutes = daysSince1970(year, month, day) * 1440 + hour * 60 + minute - offset;
  if (second === 60 && !isBeforeLeapSecond(minutes)) return undefined;
  return minutes * MS_PER_MINUTE + second * 1000 + milliseconds;
}

/** Prints a time in UTC with milliseconds, as in RFC 3339. Years outside 0 to 9999 have a sign and six digits, as in ISO 8601. */
export function printRfc3339(instant: number): string {
  const { year, month, day, hour, minute, second, millisecond } = momentOf(instant, UTC);
  const date = `${yearText(year)}-${twoDigits(month)}-${twoDigits(day)}`;
  return `${date}T${twoDigits(hour)}:${twoDigits(minute)}:${twoDigits(second)}.${threeDigits(millisecond)}Z`;
}

function hasSeparators(text: string): boolean {
  const between = text.charCodeAt(10);
  return (
    text.charCodeAt(4) === HYPHEN &&
    text.charCodeAt(7) === HYPHEN &&
    (between === 0x54 || between === 0x74) &&
    text.charCodeAt(13) === COLON &&
    text.charCodeAt(16) === COLON
  );
}

/** Returns the minutes of the offset at the end of the text. */
function offsetAt(text: string, at: number): number | undefined {
  const sign = text.charCodeAt(at);
  if (sign === 0x5a || sign === 0x7a) return at + 1 === text.length ? 0 : undefined;
  if ((sign !== PLUS && sign !== HYPHEN) || at + 6 !== text.length || text.charCodeAt(at + 3) !== COLON)
    return undefined;
  const hours = pairAt(text, at + 1);
  const minutes = pairAt(text, at + 4);
  if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) return undefined;
  return (sign === PLUS ? 1 : -1) * (hours * 60 + minutes);
}

/** Leap seconds come at the end of the last minute of June or December, in UTC. */
function isBeforeLeapSecond(minutes: number): boolean {
  const next = (minutes + 1) * MS_PER_MINUTE;
  if (next % MS_PER_DAY !== 0) return false;
  const { month, day } = dateOf(next / MS_PER_DAY);
  return day === 1 && (month === 1 || month === 7);
}

/** Returns the number that two digits form, or a large negative number if they are not digits. */
function pairAt(text: string, at: number): number {
  const tens = text.charCodeAt(at);
  const ones = text.charCodeAt(at + 1);
  return isDigit(tens) && isDigit(ones) ? (tens - ZERO) * 10 + ones - ZERO : NO_DIGITS;
}

function isDigit(code: number): boolean {
  return code >= ZERO && code <= 0x39;
}

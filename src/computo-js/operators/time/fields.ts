import { dateOf, daysInMonth, daysSince1970, MS_PER_DAY, weekdayOf } from './calendar.js';
import { dayOfYear } from './moment.js';
import { instantIn, type Zone } from './zone.js';

/** What was read of a time so far. */
export interface TimeFields {
  year?: number;
  month?: number;
  day?: number;
  dayOfYear?: number;
  weekday?: number;
  hour?: number;
  /** From 1 to 12; with `half`, 0 in the morning and 1 in the afternoon, it makes an hour. */
  hourOfHalf?: number;
  half?: number;
  minute?: number;
  second?: number;
  millisecond?: number;
  /** Ahead of UTC, in milliseconds. */
  offset?: number;
  /** Since 1970, in place of all others but the millisecond. */
  epochSecond?: number;
}

/**
 * The instant that fields name; what was not read is the start of 1970, of the month, of the day and so on.
 *
 * @param zone where the time is shown, unless the fields have an offset
 * @returns undefined where they name a day that there is not, or two different ones
 */
export function instantNamed(fields: TimeFields, zone: Zone): number | undefined {
  const { minute = 0, second = 0, millisecond = 0, offset, epochSecond } = fields;
  if (epochSecond !== undefined) return epochSecond * 1000 + millisecond;
  const days = dayNamed(fields);
  if (days === undefined) return undefined;
  const timeOfDay = ((hourNamed(fields) * 60 + minute) * 60 + second) * 1000 + millisecond;
  const local = days * MS_PER_DAY + timeOfDay;
  return offset === undefined ? instantIn(zone, local) : local - offset;
}

/** The day since 1970. */
function dayNamed({ year = 1970, month, day, dayOfYear: nth, weekday }: TimeFields): number | undefined {
  if (day !== undefined && day > daysInMonth(year, month ?? 1)) return undefined;
  const isByYear = nth !== undefined && month === undefined && day === undefined;
  const days = isByYear ? daysSince1970(year, 1, nth) : daysSince1970(year, month ?? 1, day ?? 1);
  const isOther = nth !== undefined && (dayOfYear(days, year) !== nth || dateOf(days).year !== year);
  return isOther || (weekday !== undefined && weekdayOf(days) !== weekday) ? undefined : days;
}

/** By the clock of twelve hours the half of the day tells which; the first one where it is not named. */
function hourNamed({ hour, hourOfHalf, half = 0 }: TimeFields): number {
  if (hour !== undefined) return hour;
  return hourOfHalf === undefined ? 0 : (hourOfHalf % 12) + 12 * half;
}

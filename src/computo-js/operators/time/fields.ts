import { dateOf, daysInMonth, daysSince1970, MS_PER_DAY, weekdayOf } from './calendar.js';
import { dayOfYear } from './moment.js';
import { instantIn, type Zone } from './zone.js';

/** The fields of a time that have been read. */
export interface TimeFields {
  year?: number;
  month?: number;
  day?: number;
  dayOfYear?: number;
  weekday?: number;
  hour?: number;
  /** From 1 to 12. Determines the hour together with `half`, which is 0 for AM and 1 for PM. */
  hourOfHalf?: number;
  half?: number;
  minute?: number;
  second?: number;
  millisecond?: number;
  /** Milliseconds ahead of UTC. */
  offset?: number;
  /** Seconds since 1970. Replaces all other fields except the millisecond. */
  epochSecond?: number;
}

/**
 * Returns the instant that fields stand for. A missing field defaults to the start of 1970, of the month, of the day, and so on.
 *
 * @param zone the time zone, unless the fields include an offset
 * @returns undefined if the day does not exist, or the fields contradict one another
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

/** Returns the day since 1970. */
function dayNamed({ year = 1970, month, day, dayOfYear: nth, weekday }: TimeFields): number | undefined {
  if (day !== undefined && day > daysInMonth(year, month ?? 1)) return undefined;
  const isByYear = nth !== undefined && month === undefined && day === undefined;
  const days = isByYear ? daysSince1970(year, 1, nth) : daysSince1970(year, month ?? 1, day ?? 1);
  const isOther = nth !== undefined && (dayOfYear(days, year) !== nth || dateOf(days).year !== year);
  return isOther || (weekday !== undefined && weekdayOf(days) !== weekday) ? undefined : days;
}

/** On a 12-hour clock, the half of the day determines the hour; the default is the first half. */
function hourNamed({ hour, hourOfHalf, half = 0 }: TimeFields): number {
  if (hour !== undefined) return hour;
  return hourOfHalf === undefined ? 0 : (hourOfHalf % 12) + 12 * half;
}

import { dateOf, daysSince1970, modulo, MS_PER_DAY, weekdayOf } from './calendar.js';
import type { Zone } from './zone.js';

/** An instant as shown by the clocks and calendars of a zone. */
export interface Moment {
  readonly instant: number;
  /** Milliseconds ahead of UTC. */
  readonly offset: number;
  readonly year: number;
  /** From 1, like `day`. */
  readonly month: number;
  readonly day: number;
  /** From 0 for Sunday. */
  readonly weekday: number;
  readonly days: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly millisecond: number;
}

export function momentOf(instant: number, zone: Zone): Moment {
  const offset = zone.offsetAt(instant);
  const local = instant + offset;
  const days = Math.floor(local / MS_PER_DAY);
  const { year, month, day } = dateOf(days);
  const ofDay = local - days * MS_PER_DAY;
  return {
    instant,
    offset,
    year,
    month,
    day,
    weekday: weekdayOf(days),
    days,
    hour: Math.floor(ofDay / 3_600_000),
    minute: Math.floor(ofDay / 60_000) % 60,
    second: Math.floor(ofDay / 1000) % 60,
    millisecond: ofDay % 1000,
  };
}

/** Returns the day of the year, from 1 for January 1. */
export function dayOfYear(days: number, year: number): number {
  return days - daysSince1970(year, 1, 1) + 1;
}

/** Returns the ISO 8601 week and its year. Weeks begin on Monday and belong to the year of their Thursday. */
export function isoWeek(days: number): { readonly year: number; readonly week: number } {
  const thursday = days + 3 - modulo(weekdayOf(days) - 1, 7);
  const { year } = dateOf(thursday);
  return { year, week: Math.ceil(dayOfYear(thursday, year) / 7) };
}

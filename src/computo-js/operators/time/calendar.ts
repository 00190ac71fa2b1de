export const MS_PER_DAY = 86_400_000;
const DAYS_PER_CYCLE = 146_097;
/** From March 1 of the year 0 to 1970-01-01. */
const DAYS_BEFORE_1970 = 719_468;

/** A day of the proleptic Gregorian calendar. `month` and `day` count from 1. */
export interface CivilDate {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

/** Returns the number of days from 1970-01-01 to a date. */
export function daysSince1970(year: number, month: number, day: number): number {
  // If years begin in March, the leap day comes at the end, and the months follow a pattern of 153 days in five months.
  const marchYear = month > 2 ? year : year - 1;
  const leapDays = Math.floor(marchYear / 4) - Math.floor(marchYear / 100) + Math.floor(marchYear / 400);
  return 365 * marchYear + leapDays + daysBeforeMonth((month + 9) % 12) + day - 1 - DAYS_BEFORE_1970;
}

/** Returns the date that is this many days after 1970-01-01. */
export function dateOf(daysSinceEpoch: number): CivilDate {
  const days = daysSinceEpoch + DAYS_BEFORE_1970;
  const cycle = Math.floor(days / DAYS_PER_CYCLE);
  const dayOfCycle = days - cycle * DAYS_PER_CYCLE;
  const leapDays =
    Math.floor(dayOfCycle / 1460) - Math.floor(dayOfCycle / 36_524) + Math.floor(dayOfCycle / (DAYS_PER_CYCLE - 1));
  const yearOfCycle = Math.floor((dayOfCycle - leapDays) / 365);
  const yearStart = 365 * yearOfCycle + Math.floor(yearOfCycle / 4) - Math.floor(yearOfCycle / 100);
  const dayOfYear = dayOfCycle - yearStart;
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
  return {
    year: 400 * cycle + yearOfCycle + (month > 2 ? 0 : 1),
    month,
    day: dayOfYear - daysBeforeMonth(monthFromMarch) + 1,
  };
}

/** Returns the number of days in a month. Months count from 1. */
export function daysInMonth(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** Returns the day of the week of a day since 1970-01-01: 0 is Sunday. */
export function weekdayOf(daysSinceEpoch: number): number {
  // 1970-01-01 was a Thursday.
  return modulo(daysSinceEpoch + 4, 7);
}

/** The remainder with the sign of the divisor. */
export function modulo(a: number, b: number): number {
  return a - Math.floor(a / b) * b;
}

function daysBeforeMonth(monthFromMarch: number): number {
  return Math.floor((153 * monthFromMarch + 2) / 5);
}

import { compileArgument } from '../../compile/index.js';
import { defineOperator, inBoth, number, takesUpTo, value, type Call } from '../../syntax/index.js';
import { compileOption, reportOption } from '../option.js';
import { dateOf, daysInMonth, daysSince1970, MS_PER_DAY } from './calendar.js';
import { readDuration, type Duration } from './duration.js';
import { INSTANT_MAX, instantOf, withinTimes } from './instant.js';
import { instantIn, readZone, type Zone } from './zone.js';
import { compileZone } from './zone-option.js';

export const add = defineOperator('time.add', () => ({
  summary:
    'A time, in milliseconds since 1970, moved by an ISO 8601 duration: first by its years, months, weeks and days on the calendar of a time zone (UTC when there is none given), then by its hours, minutes and seconds. A day that a month does not have becomes its last one. A minus sign in front leads into the past.',
  signatures: inBoth(takesUpTo(1, number('time'), value('duration', 'string'), value('zone', 'string'))),
  returns: 'number',
  work: ['digits'],
  frames: 2,
  examples: [
    { script: ['time.add', 0, 'PT1H30M'], result: 5_400_000 },
    {
      script: ['time.format', ['time.add', ['time.parse', '2026-01-31T12:00:00Z'], 'P1M']],
      result: '2026-02-28T12:00:00.000Z',
    },
    {
      script: ['time.format', ['time.add', ['time.parse', '2026-03-28T08:00:00Z'], 'P1D', 'Europe/Berlin']],
      result: '2026-03-29T07:00:00.000Z',
    },
  ],
  compile(call, compiler) {
    const given = compileArgument(call, 0, compiler);
    const durationGiven = compileOption(call, 1, compiler, readDuration);
    const zoneGiven = compileZone(call, 2, compiler);
    return (run, scope) => {
      const instant = instantOf(given(run, scope), call, 0, run);
      const duration = durationGiven(run, scope);
      return withinTimes(moved(instant, duration, zoneGiven(run, scope), call), call);
    };
  },
  check(call, report) {
    reportOption(call, 1, 'malformed-duration', readDuration, report);
    reportOption(call, 2, 'unknown-zone', readZone, report);
  },
}));

function moved(instant: number, { months, days, milliseconds }: Duration, zone: Zone, call: Call): number {
  // If the date does not change, a time that clocks show twice keeps its occurrence.
  if (months === 0 && days === 0) return instant + milliseconds;
  const local = instant + zone.offsetAt(instant);
  const day = Math.floor(local / MS_PER_DAY);
  const timeOfDay = local - day * MS_PER_DAY;
  const movedDay = (months === 0 ? day : monthsLater(day, months)) + days;
  if (!(Math.abs(movedDay * MS_PER_DAY) <= INSTANT_MAX + MS_PER_DAY)) return withinTimes(NaN, call);
  return instantIn(zone, movedDay * MS_PER_DAY + timeOfDay) + milliseconds;
}

/** Returns the same day of the month, `months` months later, or the last day of that month if it is shorter. */
function monthsLater(daysSinceEpoch: number, months: number): number {
  const { year, month, day } = dateOf(daysSinceEpoch);
  const total = 12 * year + month - 1 + months;
  const movedYear = Math.floor(total / 12);
  const movedMonth = total - 12 * movedYear + 1;
  return daysSince1970(movedYear, movedMonth, Math.min(day, daysInMonth(movedYear, movedMonth)));
}

import { compileArgument } from '../../compile/index.js';
import { defineOperator, inBoth, number, takesUpTo, value } from '../../syntax/index.js';
import { compileOption, reportOption } from '../option.js';
import { dateOf, daysSince1970, modulo, MS_PER_DAY } from './calendar.js';
import { instantOf, withinTimes } from './instant.js';
import { readUnit, type Unit } from './unit.js';
import { firstInstantIn, readZone, type Zone } from './zone.js';
import { compileZone } from './zone-option.js';

/** 1970-01-01 was a Thursday. */
const DAYS_FROM_MONDAY = 3;

export const floor = defineOperator('time.floor', () => ({
  summary:
    'The start of the unit like `15m`, `1h`, `1d`, `1w` or `1mo` that a time, in milliseconds since 1970, is in, by the clocks of a time zone (UTC when there is none given). Weeks begin on Monday. Of several, seconds, minutes and hours count from midnight, days and weeks from 1970, months from January.',
  signatures: inBoth(takesUpTo(1, number('time'), value('unit', 'string'), value('zone', 'string'))),
  returns: 'number',
  work: ['digits'],
  frames: 2,
  examples: [
    { script: ['time.floor', 1_767_323_045_123, '15m'], result: 1_767_322_800_000 },
    {
      script: ['time.format', ['time.floor', ['time.parse', '2026-07-02T03:04:05Z'], '1mo', 'Europe/Berlin']],
      result: '2026-06-30T22:00:00.000Z',
    },
  ],
  compile(call, compiler) {
    const given = compileArgument(call, 0, compiler);
    const unitGiven = compileOption(call, 1, compiler, readUnit);
    const zoneGiven = compileZone(call, 2, compiler);
    return (run, scope) => {
      const instant = instantOf(given(run, scope), call, 0, run);
      const unit = unitGiven(run, scope);
      return withinTimes(startOf(instant, unit, zoneGiven(run, scope)), call);
    };
  },
  check(call, report) {
    reportOption(call, 1, 'malformed-unit', readUnit, report);
    reportOption(call, 2, 'unknown-zone', readZone, report);
  },
}));

function startOf(instant: number, unit: Unit, zone: Zone): number {
  const offset = zone.offsetAt(instant);
  const local = instant + offset;
  const day = Math.floor(local / MS_PER_DAY);
  if (unit.kind !== 'time') return firstInstantIn(zone, firstDayOf(day, unit) * MS_PER_DAY);
  const timeOfDay = local - day * MS_PER_DAY;
  const start = local - (timeOfDay % unit.milliseconds);
  const first = firstInstantIn(zone, start);
  // If clocks show a whole unit twice, such as an hour, its second occurrence is a unit of its own.
  const again = start - offset;
  const isOwn = again - first >= unit.milliseconds && zone.offsetAt(again) === offset;
  return isOwn ? again : first;
}

/** Returns the first day, since 1970, of the unit that contains a day. */
function firstDayOf(day: number, { kind, count }: Unit): number {
  switch (kind) {
    case 'month': {
      const { year, month } = dateOf(day);
      return daysSince1970(year, month - ((month - 1) % count), 1);
    }
    case 'week': {
      const week = Math.floor((day + DAYS_FROM_MONDAY) / 7);
      return 7 * (week - modulo(week, count)) - DAYS_FROM_MONDAY;
    }
    default:
      return day - modulo(day, count);
  }
}

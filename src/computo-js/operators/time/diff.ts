import { compileArgument } from '../../compile/index.js';
import { defineOperator, inBoth, number, takes, value } from '../../syntax/index.js';
import { compileOption, reportOption } from '../option.js';
import { dateOf, MS_PER_DAY } from './calendar.js';
import { instantOf } from './instant.js';
import { readUnit, type Unit } from './unit.js';

export const diff = defineOperator('time.diff', () => ({
  summary:
    'How many whole units like `15m`, `1h`, `1d`, `1w` or `1mo` lead from a time to another one, both in milliseconds since 1970; negative when the second is earlier. Days, weeks and months are those of UTC.',
  signatures: inBoth(takes(number('from'), number('to'), value('unit', 'string'))),
  returns: 'number',
  work: ['digits'],
  frames: 2,
  examples: [
    { script: ['time.diff', 0, 5_400_000, '1h'], result: 1 },
    { script: ['time.diff', 5_400_000, 0, '1m'], result: -90 },
    {
      script: ['time.diff', ['time.parse', '2026-01-15T00:00:00Z'], ['time.parse', '2026-04-14T00:00:00Z'], '1mo'],
      result: 2,
    },
  ],
  compile(call, compiler) {
    const fromGiven = compileArgument(call, 0, compiler);
    const toGiven = compileArgument(call, 1, compiler);
    const unitGiven = compileOption(call, 2, compiler, readUnit);
    return (run, scope) => {
      const from = instantOf(fromGiven(run, scope), call, 0, run);
      const to = instantOf(toGiven(run, scope), call, 1, run);
      return unitsBetween(from, to, unitGiven(run, scope));
    };
  },
  check: (call, report) => reportOption(call, 2, 'malformed-unit', readUnit, report),
}));

function unitsBetween(from: number, to: number, { kind, count, milliseconds }: Unit): number {
  const units = kind === 'month' ? monthsBetween(from, to) / count : (to - from) / milliseconds;
  return Math.trunc(units) + 0;
}

/** Whole months. A month is complete when the same day and time of day come again. */
function monthsBetween(from: number, to: number): number {
  if (to < from) return -monthsBetween(to, from);
  const [start, end] = [dateAndTime(from), dateAndTime(to)];
  const months = 12 * (end.year - start.year) + end.month - start.month;
  return end.sinceMonth < start.sinceMonth ? months - 1 : months;
}

function dateAndTime(instant: number): { year: number; month: number; sinceMonth: number } {
  const days = Math.floor(instant / MS_PER_DAY);
  const { year, month, day } = dateOf(days);
  return { year, month, sinceMonth: day * MS_PER_DAY + instant - days * MS_PER_DAY };
}

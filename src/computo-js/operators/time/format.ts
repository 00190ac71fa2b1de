import { compileArgument, countSteps, countUnits, type Compiler, type Evaluate } from '../../compile/index.js';
import { defineOperator, inBoth, number, takesUpTo, value, type Call } from '../../syntax/index.js';
import { compileOption, reportOption } from '../option.js';
import { printBy, readFormat } from './format-text.js';
import { instantOf } from './instant.js';
import { momentOf } from './moment.js';
import { printRfc3339 } from './rfc3339.js';
import { readZone } from './zone.js';
import { compileZone } from './zone-option.js';

const UNITS_PER_TIME = '1970-01-01T00:00:00.000Z'.length;

export const format = defineOperator('time.format', () => ({
  summary:
    'A time, in milliseconds since 1970, as text: by RFC 3339 in UTC, or by a format of strftime and the clocks of a time zone (UTC when there is none given). `%f` is the fraction of the second in six digits, `%z` the offset, `%s` the seconds since 1970; names of days and months are English.',
  signatures: inBoth(takesUpTo(2, number('time'), value('format', 'string'), value('zone', 'string'))),
  returns: 'string',
  growth: 'text',
  work: ['text', 'digits'],
  frames: 2,
  examples: [
    { script: ['time.format', 1_767_323_045_123], result: '2026-01-02T03:04:05.123Z' },
    { script: ['time.format', 1_767_323_045_123, '%a %d %b %Y, %H:%M'], result: 'Fri 02 Jan 2026, 03:04' },
    { script: ['time.format', 1_767_323_045_123, '%F %T%z', 'Asia/Kolkata'], result: '2026-01-02 08:34:05+0530' },
  ],
  compile(call, compiler) {
    const given = compileArgument(call, 0, compiler);
    if (call.arguments[1] !== undefined) return byFormat(call, compiler, given);
    compiler.cost.units += UNITS_PER_TIME;
    return (run, scope) => printRfc3339(instantOf(given(run, scope), call, 0, run));
  },
  check(call, report) {
    reportOption(call, 1, 'malformed-format', readFormat, report);
    reportOption(call, 2, 'unknown-zone', readZone, report);
  },
}));

function byFormat(call: Call, compiler: Compiler, given: Evaluate): Evaluate {
  const formatGiven = compileOption(call, 1, compiler, readFormat);
  const zoneGiven = compileZone(call, 2, compiler);
  return (run, scope) => {
    const instant = instantOf(given(run, scope), call, 0, run);
    const known = formatGiven(run, scope);
    countSteps(run, known.steps, call.place);
    const text = printBy(known, momentOf(instant, zoneGiven(run, scope)));
    countUnits(run, text.length, call.place);
    return text;
  };
}

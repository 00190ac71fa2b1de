import { compileArgument, countSteps, countUnits, type Compiler, type Evaluate } from '../../compile/index.js';
import type { Form } from '../../hint.js';
import { defineOperator, inBoth, number, takesUpTo, value, type Call, type Report } from '../../syntax/index.js';
import { shorten } from '../../value/index.js';
import { compileOption, reportOption } from '../option.js';
import { printBy, readFormat } from './format-text.js';
import { instantOf } from './instant.js';
import { momentOf } from './moment.js';
import { printRfc3339 } from './rfc3339.js';
import { isZoneName, readZone } from './zone.js';
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
    reportBareFormat(call, report);
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

/** Reports a format without directives, which yields the same text for every time. */
function reportBareFormat(call: Call, report: Report): void {
  const [, argument, zone] = call.arguments;
  if (argument?.type !== 'constant' || typeof argument.value !== 'string' || argument.value.includes('%')) return;
  const text = JSON.stringify(argument.value);
  const isZone = zone === undefined && isZoneName(argument.value);
  report({
    code: 'malformed-format',
    severity: 'warning',
    place: argument.place,
    message: `the format ${JSON.stringify(shorten(argument.value))} has no directive: each time gives this same text`,
    hint: isZone
      ? (form) => `The zone is the third argument: ${written(form, `"%Y-%m-%d %H:%M", ${text}`)}.`
      : (form) => `Write the date as %Y-%m-%d, the clock as %H:%M:%S: ${written(form, '"%Y-%m-%d"')}.`,
  });
}

function written(form: Form, options: string): string {
  return form === 'text' ? `time.format(…, ${options})` : `["time.format", …, ${options}]`;
}

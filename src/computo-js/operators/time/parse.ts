import { compileArgument, countSteps, textOf, type Compiler, type Evaluate } from '../../compile/index.js';
import { defineOperator, inBoth, invalidArgument, takesUpTo, value, type Call } from '../../syntax/index.js';
import { describe, spendText } from '../../value/index.js';
import { compileOption, reportOption } from '../option.js';
import { instantNamed } from './fields.js';
import { readBy, readReadableFormat, type Format } from './format-text.js';
import { withinTimes } from './instant.js';
import { readRfc3339 } from './rfc3339.js';
import { readZone } from './zone.js';
import { compileZone } from './zone-option.js';

export const parse = defineOperator('time.parse', () => ({
  summary:
    'The milliseconds from 1970-01-01T00:00:00Z to the time that a text names: by RFC 3339, or by a format of strftime and the clocks of a time zone (UTC when there is none given). A time that clocks skip moves forward; of one that they show twice the first counts.',
  signatures: inBoth(takesUpTo(2, value('text', 'string'), value('format', 'string'), value('zone', 'string'))),
  returns: 'number',
  work: ['text'],
  frames: 2,
  examples: [
    { script: ['time.parse', '2026-01-02T03:04:05.123Z'], result: 1_767_323_045_123 },
    { script: ['time.parse', '02/Jan/2026:03:04:05 +0100', '%d/%b/%Y:%H:%M:%S %z'], result: 1_767_319_445_000 },
    { script: ['time.parse', '2026-01-02 03:04', '%Y-%m-%d %H:%M', 'Europe/Berlin'], result: 1_767_319_440_000 },
  ],
  compile(call, compiler) {
    const given = compileArgument(call, 0, compiler);
    return call.arguments[1] === undefined ? byRfc3339(call, given) : byFormat(call, compiler, given);
  },
  check(call, report) {
    reportOption(call, 1, 'malformed-format', readReadableFormat, report);
    reportOption(call, 2, 'unknown-zone', readZone, report);
  },
}));

function byRfc3339(call: Call, given: Evaluate): Evaluate {
  return (run, scope) => {
    const text = textOf(given(run, scope), call, 0);
    run.at = call.place;
    spendText(run, text.length);
    const instant = readRfc3339(text);
    if (instant !== undefined) return instant;
    throw invalidArgument(
      call.place,
      `'time.parse' needs a time of RFC 3339, like "2026-01-02T03:04:05Z", got ${describe(text)}`,
      'For another form give its format, like "%Y-%m-%d %H:%M:%S".',
    );
  };
}

function byFormat(call: Call, compiler: Compiler, given: Evaluate): Evaluate {
  const formatGiven = compileOption(call, 1, compiler, readReadableFormat);
  const zoneGiven = compileZone(call, 2, compiler);
  return (run, scope) => {
    const text = textOf(given(run, scope), call, 0);
    const format = formatGiven(run, scope);
    const zone = zoneGiven(run, scope);
    countSteps(run, format.steps + text.length, call.place);
    const reading = readBy(format, text);
    if ('problem' in reading) throw unreadable(call, text, format, reading.problem);
    const instant = instantNamed(reading, zone);
    if (instant === undefined) throw unreadable(call, text, format, 'there is no such day');
    return withinTimes(instant, call);
  };
}

function unreadable(call: Call, text: string, format: Format, problem: string): Error {
  return invalidArgument(
    call.place,
    `'time.parse' reads times of the format ${JSON.stringify(format.text.slice(0, 60))}, got ${describe(text)}: ${problem}`,
  );
}

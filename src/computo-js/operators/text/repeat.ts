import { compileArgument, countUnits, textOf } from '../../compile/index.js';
import { defineOperator, inBoth, number, takes, value } from '../../syntax/index.js';
import { compileInteger, reportInteger } from '../integer-argument.js';
import { TIMES } from './times.js';

export const repeat = defineOperator('text.repeat', () => ({
  summary: `The text repeated this many times, 0 to ${TIMES.max}.`,
  signatures: inBoth(takes(value('text', 'string'), number('times'))),
  returns: 'string',
  work: ['text'],
  frames: 2,
  examples: [{ script: ['text.repeat', 'ab', 3], result: 'ababab' }],
  compile(call, compiler) {
    const textGiven = compileArgument(call, 0, compiler);
    const timesGiven = compileInteger(call, 1, compiler, TIMES);
    return (run, scope) => {
      const text = textOf(textGiven(run, scope), call, 0);
      const times = timesGiven(run, scope);
      countUnits(run, text.length * times, call.place);
      return text.repeat(times);
    };
  },
  check: (call, report) => reportInteger(call, 1, report, TIMES),
}));

import { compileArgument, textOf } from '../../compile/index.js';
import { defineOperator, inBoth, number, takesUpTo, value } from '../../syntax/index.js';
import { spendText } from '../../value/index.js';
import { compileInteger, reportInteger } from '../integer-argument.js';
import { offsetOf } from './code-points.js';

export const slice = defineOperator('text.slice', () => ({
  summary:
    'The part of the text from one code point up to, not including, another; to the end without one. Negative indices count from the end.',
  signatures: inBoth(takesUpTo(1, value('text', 'string'), number('from'), number('to'))),
  returns: 'string',
  growth: 'first',
  work: ['text'],
  frames: 2,
  examples: [
    { script: ['text.slice', 'a😀bc', 1, 3], result: '😀b' },
    { script: ['text.slice', 'hello', -3], result: 'llo' },
  ],
  compile(call, compiler) {
    const textGiven = compileArgument(call, 0, compiler);
    const fromGiven = compileInteger(call, 1, compiler);
    const toGiven = call.arguments.length > 2 ? compileInteger(call, 2, compiler) : undefined;
    return (run, scope) => {
      const text = textOf(textGiven(run, scope), call, 0);
      const from = fromGiven(run, scope);
      const to = toGiven?.(run, scope);
      run.at = call.place;
      spendText(run, text.length);
      const start = offsetOf(text, from);
      const end = to === undefined ? text.length : offsetOf(text, to);
      return start < end ? text.slice(start, end) : '';
    };
  },
  check(call, report) {
    reportInteger(call, 1, report);
    reportInteger(call, 2, report);
  },
}));

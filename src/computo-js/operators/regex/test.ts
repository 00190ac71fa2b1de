import { compileArgument, textOf } from '../../compile/index.js';
import { defineOperator, inBoth, takes, value } from '../../syntax/index.js';
import { compilePattern, reportPattern } from './pattern.js';
import { hasMatch } from './search.js';

export const test = defineOperator('regex.test', () => ({
  summary: 'Whether a pattern matches anywhere in the text.',
  signatures: inBoth(takes(value('text', 'string'), value('pattern', 'string'))),
  returns: 'boolean',
  work: ['text'],
  frames: 2,
  examples: [{ script: ['regex.test', 'error 42', '\\d+'], result: true }],
  compile(call, compiler) {
    const textGiven = compileArgument(call, 0, compiler);
    const patternGiven = compilePattern(call, 1, compiler);
    return (run, scope) => {
      const text = textOf(textGiven(run, scope), call, 0);
      return hasMatch(patternGiven(run, scope), text, call, run);
    };
  },
  check: (call, report) => reportPattern(call, 1, report),
}));

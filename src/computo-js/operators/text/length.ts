import { compileArgument, textOf } from '../../compile/index.js';
import { defineOperator, inBoth, takes, value } from '../../syntax/index.js';
import { spendText } from '../../value/index.js';
import { countCodePoints } from './code-points.js';

export const length = defineOperator('text.length', () => ({
  summary: 'How many code points the text has.',
  signatures: inBoth(takes(value('text', 'string'))),
  returns: 'number',
  work: ['text'],
  examples: [{ script: ['text.length', 'héllo 😀'], result: 7 }],
  compile(call, compiler) {
    const textGiven = compileArgument(call, 0, compiler);
    return (run, scope) => {
      const text = textOf(textGiven(run, scope), call, 0);
      run.at = call.place;
      spendText(run, text.length);
      return countCodePoints(text);
    };
  },
}));

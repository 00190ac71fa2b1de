import { compileArgument, countUnits, textOf } from '../../compile/index.js';
import { defineOperator, inBoth, takes, value } from '../../syntax/index.js';
import { spendText } from '../../value/index.js';

export const encode = defineOperator('base64.encode', () => ({
  summary: "The text's UTF-8 in base64, with the standard alphabet and padding.",
  signatures: inBoth(takes(value('text', 'string'))),
  returns: 'string',
  growth: 'text',
  work: ['text'],
  examples: [{ script: ['base64.encode', 'hi'], result: 'aGk=' }],
  compile(call, compiler) {
    const textGiven = compileArgument(call, 0, compiler);
    return (run, scope) => {
      const text = textOf(textGiven(run, scope), call, 0);
      run.at = call.place;
      spendText(run, text.length);
      const encoded = Buffer.from(text, 'utf8').toString('base64');
      countUnits(run, encoded.length, call.place);
      return encoded;
    };
  },
}));

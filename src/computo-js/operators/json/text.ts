import { compileArgument } from '../../compile/index.js';
import { defineOperator, inBoth, takes, value } from '../../syntax/index.js';
import { writtenText } from '../../value/index.js';

export const text = defineOperator('json.text', () => ({
  summary: 'A value as compact JSON text, its keys in the order in which they were written.',
  signatures: inBoth(takes(value('value'))),
  returns: 'string',
  growth: 'text',
  work: ['elements', 'members', 'text', 'digits'],
  examples: [
    { script: ['json.text', { b: [1, null], a: 'x' }], result: '{"b":[1,null],"a":"x"}' },
    { script: ['json.text', 'say "hi"'], result: '"say \\"hi\\""' },
  ],
  compile(call, compiler) {
    const given = compileArgument(call, 0, compiler);
    return (run, scope) => {
      const found = given(run, scope);
      run.at = call.place;
      return writtenText(found, run);
    };
  },
}));

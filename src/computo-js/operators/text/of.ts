import { compileArgument } from '../../compile/index.js';
import { defineOperator, inBoth, takes, value } from '../../syntax/index.js';
import { plainText } from '../plain-text.js';

export const of = defineOperator('text.of', () => ({
  summary: 'The value as text: a string as it is, anything else as compact JSON with sorted keys.',
  signatures: inBoth(takes(value('value'))),
  returns: 'string',
  growth: 'text',
  work: ['elements', 'members', 'digits'],
  examples: [
    { script: ['text.of', 42], result: '42' },
    { script: ['text.of', { b: [1], a: 'x' }], result: '{"a":"x","b":[1]}' },
  ],
  compile(call, compiler) {
    const given = compileArgument(call, 0, compiler);
    return (run, scope) => plainText(given(run, scope), call, run);
  },
}));

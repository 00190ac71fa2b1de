import { compileArgument } from '../../compile/index.js';
import { defineOperator, inBoth, takes, value } from '../../syntax/index.js';
import { kindOf } from '../../value/index.js';

export const type = defineOperator('value.type', () => ({
  summary: 'The kind of a value: `"null"`, `"boolean"`, `"number"`, `"string"`, `"array"` or `"object"`.',
  signatures: inBoth(takes(value('value'))),
  returns: 'string',
  growth: 'text',
  work: [],
  examples: [
    { script: ['value.type', 1.5], result: 'number' },
    { script: ['value.type', { array: [1] }], result: 'array' },
    { script: ['value.type', {}], result: 'object' },
  ],
  compile(call, compiler) {
    const given = compileArgument(call, 0, compiler);
    return (run, scope) => kindOf(given(run, scope));
  },
}));

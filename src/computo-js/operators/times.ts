import { compileArguments } from '../compile/index.js';
import { defineOperator, inBoth, number, takesAtLeast } from '../syntax/index.js';
import { multiply } from '../value/index.js';
import { fold } from './number-results.js';

export const times = defineOperator('*', () => ({
  summary: 'Multiplies numbers. Integers of any size are multiplied exactly.',
  signatures: inBoth(takesAtLeast(1, number('number'))),
  returns: 'number',
  work: ['digits'],
  examples: [
    { script: ['*', 2, 3, 7], result: 42 },
    { script: ['*', 0.5, 3], result: 1.5 },
  ],
  compile: (call, compiler) => fold(call, compileArguments(call, compiler), multiply, '*'),
}));

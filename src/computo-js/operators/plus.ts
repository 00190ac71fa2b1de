import { compileArguments } from '../compile/index.js';
import { defineOperator, inBoth, number, takesAtLeast } from '../syntax/index.js';
import { add } from '../value/index.js';
import { fold } from './number-results.js';

export const plus = defineOperator('+', () => ({
  summary: 'Adds numbers. Integers of any size are added exactly.',
  signatures: inBoth(takesAtLeast(1, number('number'))),
  returns: 'number',
  work: ['digits'],
  examples: [
    { script: ['+', 1, 2, 3], result: 6 },
    { script: ['+', 0.5, ['+', 40]], result: 40.5 },
  ],
  compile: (call, compiler) => fold(call, compileArguments(call, compiler), add, '+'),
}));

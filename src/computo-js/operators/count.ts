import { arrayOf, compileArgument } from '../compile/index.js';
import { array, defineOperator, inBoth, takes } from '../syntax/index.js';

export const count = defineOperator('count', () => ({
  summary: 'The number of elements of an array.',
  signatures: inBoth(takes(array())),
  returns: 'number',
  work: [],
  examples: [{ script: ['count', { array: ['a', 'b'] }], result: 2 }],
  compile(call, compiler) {
    const array = compileArgument(call, 0, compiler);
    return (run, scope) => arrayOf(array(run, scope), call, 0).length;
  },
}));

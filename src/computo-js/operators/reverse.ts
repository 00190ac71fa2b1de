import { arrayOf, compileArgument, countElements } from '../compile/index.js';
import { sameElements } from '../shape/index.js';
import { array, defineOperator, takes } from '../syntax/index.js';

export const reverse = defineOperator('reverse', () => ({
  summary: 'The elements from last to first.',
  signatures: { current: takes(array()) },
  returns: 'array',
  shape: sameElements,
  growth: 'first',
  work: ['elements'],
  examples: [{ script: ['reverse', { array: [1, 2, 3] }], result: [3, 2, 1] }],
  compile(call, compiler) {
    const array = compileArgument(call, 0, compiler);
    return (run, scope) => {
      const items = arrayOf(array(run, scope), call, 0);
      countElements(run, items.length, call.place);
      return [...items].reverse();
    };
  },
}));

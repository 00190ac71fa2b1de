import { countElements } from '../../compile/index.js';
import { arrayShape, scalarShape } from '../../shape/index.js';
import { defineOperator, inBoth, number, takes } from '../../syntax/index.js';
import { compileInteger } from '../integer-argument.js';

export const range = defineOperator('list.range', () => ({
  summary: 'The integers from 0 up to, but without, a number that is not negative.',
  signatures: inBoth(takes(number('end'))),
  returns: 'array',
  shape: () => arrayShape(scalarShape('number')),
  work: ['elements'],
  frames: 2,
  examples: [
    { script: ['list.range', 3], result: [0, 1, 2] },
    { script: ['list.range', 0], result: [] },
  ],
  compile(call, compiler) {
    const endGiven = compileInteger(call, 0, compiler, { min: 0, max: Number.MAX_SAFE_INTEGER });
    return (run, scope) => {
      const end = endGiven(run, scope);
      countElements(run, end, call.place);
      const items: number[] = [];
      for (let item = 0; item < end; item++) items.push(item);
      return items;
    };
  },
}));

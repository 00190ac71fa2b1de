import {
  arrayOf,
  callerOfTwo,
  compileArgument,
  compileArrayArgument,
  compileLambdaArgument,
  countUnits,
  enter,
  leave,
} from '../compile/index.js';
import { array, defineOperator, inBoth, lambda, takes } from '../syntax/index.js';
import type { Json } from '../value/index.js';

export const zip = defineOperator({
  name: 'zip',
  summary: 'The array of pairs of elements that stand at the same index in two arrays. The shorter one ends it.',
  signatures: inBoth(takes(array('left'), array('right'))),
  returns: 'array',
  examples: [
    {
      script: ['zip', { array: ['a', 'b', 'c'] }, { array: [1, 2] }],
      result: [
        ['a', 1],
        ['b', 2],
      ],
    },
  ],
  compile(call, compiler) {
    const leftOf = compileArrayArgument(call, 0, compiler);
    const rightOf = compileArrayArgument(call, 1, compiler);
    return (run, scope) => {
      const left = leftOf(run, scope);
      const right = rightOf(run, scope);
      const pairs = pairUp(left, right);
      countUnits(run, 3 * pairs.length, call.place);
      return pairs;
    };
  },
});

export const zipWith = defineOperator({
  name: 'zipWith',
  summary: 'What a lambda makes of the elements that stand at the same index in two arrays. The shorter one ends it.',
  signatures: { classic: takes(array('left'), array('right'), lambda(2)) },
  returns: 'array',
  examples: [
    {
      script: [
        'zipWith',
        { array: [1, 2] },
        { array: [10, 20] },
        ['lambda', ['a', 'b'], ['+', ['$', '/a'], ['$', '/b']]],
      ],
      result: [11, 22],
    },
  ],
  compile(call, compiler) {
    const leftOf = compileArgument(call, 0, compiler);
    const rightOf = compileArgument(call, 1, compiler);
    const lambdaOf = compileLambdaArgument(call, 2, compiler);
    return (run, scope) => {
      const given = leftOf(run, scope);
      const other = rightOf(run, scope);
      const pairs = pairUp(arrayOf(given, call, 0), arrayOf(other, call, 1));
      const callable = lambdaOf(run, scope, pairs.length);
      enter(run, callable, pairs.length, call.place);
      countUnits(run, pairs.length, call.place);
      const apply = callerOfTwo(callable, run, scope);
      const results = pairs.map(([a, b]) => apply(a, b));
      leave(run);
      return results;
    };
  },
});

function pairUp(left: readonly Json[], right: readonly Json[]): [Json, Json][] {
  const pairs: [Json, Json][] = [];
  for (const [index, item] of left.entries()) {
    const other = right[index];
    if (other === undefined) break;
    pairs.push([item, other]);
  }
  return pairs;
}

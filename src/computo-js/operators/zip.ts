import {
  arrayOf,
  compileArgument,
  compileLambdaArgument,
  countUnits,
  enter,
  leave,
  scopeOfTwo,
} from '../compile/index.js';
import { array, defineOperator, inBoth, lambda, takes } from '../syntax/index.js';
import type { Json } from '../value/index.js';

export const zip = defineOperator({
  name: 'zip',
  summary: 'The array of pairs of elements that stand at the same index in two arrays. The shorter one ends it.',
  signatures: inBoth(takes(array('left'), array('right'))),
  returns: 'array',
  growth: 'sum',
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
    const leftGiven = compileArgument(call, 0, compiler);
    const rightGiven = compileArgument(call, 1, compiler);
    return (run, scope) => {
      const left = arrayOf(leftGiven(run, scope), call, 0);
      const right = arrayOf(rightGiven(run, scope), call, 1);
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
  growth: 'mapped',
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
    const lambda = compileLambdaArgument(call, 2, compiler);
    return (run, scope) => {
      const given = leftOf(run, scope);
      const other = rightOf(run, scope);
      const pairs = pairUp(arrayOf(given, call, 0), arrayOf(other, call, 1));
      const callable = lambda.find(run, scope, pairs.length);
      enter(run, callable, pairs.length, lambda);
      countUnits(run, pairs.length, call.place);
      const { first, second } = scopeOfTwo(callable, scope);
      const { body } = callable;
      const results: Json[] = [];
      for (let index = 0; index < pairs.length; index++) {
        const pair = pairs[index];
        if (pair === undefined) continue;
        first.value = pair[0];
        second.value = pair[1];
        results.push(body(run, second));
      }
      leave(run, lambda);
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

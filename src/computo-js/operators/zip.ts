import {
  arrayOf,
  compileArgument,
  compileLambdaArgument,
  countComputed,
  countUnits,
  enter,
  leave,
  roomIn,
  scopeOfTwo,
  UNITS_PER_PAIR,
} from '../compile/index.js';
import { ANY, arrayShape, elementOf, tupleShape } from '../shape/index.js';
import { array, defineOperator, inBoth, lambda, takes } from '../syntax/index.js';
import type { Json } from '../value/index.js';

export const zip = defineOperator('zip', () => ({
  summary: 'The array of pairs of elements that stand at the same index in two arrays. The shorter one ends it.',
  signatures: inBoth(takes(array('left'), array('right'))),
  returns: 'array',
  shape: (args) => arrayShape(tupleShape(args.map(elementOf))),
  growth: 'sum',
  work: ['elements'],
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
      countUnits(run, UNITS_PER_PAIR * Math.min(left.length, right.length), call.place);
      return pairUp(left, right);
    };
  },
}));

export const zipWith = defineOperator('zipWith', () => ({
  summary: 'What a lambda makes of the elements that stand at the same index in two arrays. The shorter one ends it.',
  signatures: { classic: takes(array('left'), array('right'), lambda(2)) },
  returns: 'array',
  shape: ([left = ANY, right = ANY], { arguments: [, , lambda] }, infer) =>
    arrayShape(infer.applied(lambda, [elementOf(left), elementOf(right)])),
  growth: 'mapped',
  work: ['calls'],
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
    const room = roomIn(compiler);
    return (run, scope) => {
      const given = leftOf(run, scope);
      const other = rightOf(run, scope);
      const [left, right] = [arrayOf(given, call, 0), arrayOf(other, call, 1)];
      const length = Math.min(left.length, right.length);
      const callable = lambda.find(run, scope, length);
      enter(run, callable, length, lambda);
      countComputed(run, length, call.place);
      const { first, second } = scopeOfTwo(callable, scope);
      const { body } = callable;
      const results = room.exactly(length);
      for (let index = 0; index < length; index++) {
        first.value = left[index] ?? null;
        second.value = right[index] ?? null;
        results[index] = body(run, second);
      }
      leave(run, lambda);
      return results;
    };
  },
}));

function pairUp(left: readonly Json[], right: readonly Json[]): [Json, Json][] {
  const pairs: [Json, Json][] = [];
  for (const [index, item] of left.entries()) {
    const other = right[index];
    if (other === undefined) break;
    pairs.push([item, other]);
  }
  return pairs;
}

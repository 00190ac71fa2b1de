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
import { ANY, arrayShape, elementOf, scalarShape, tupleShape } from '../shape/index.js';
import { array, defineOperator, lambda, takes } from '../syntax/index.js';

export const enumerate = defineOperator('enumerate', () => ({
  summary: 'The array of `[index, element]` pairs, counted from 0.',
  signatures: { classic: takes(array()) },
  returns: 'array',
  shape: ([items = ANY]) => arrayShape(tupleShape([scalarShape('number'), elementOf(items)])),
  growth: 'first',
  work: ['elements'],
  examples: [
    {
      script: ['enumerate', { array: ['a', 'b'] }],
      result: [
        [0, 'a'],
        [1, 'b'],
      ],
    },
  ],
  compile(call, compiler) {
    const array = compileArgument(call, 0, compiler);
    return (run, scope) => {
      const items = arrayOf(array(run, scope), call, 0);
      countUnits(run, UNITS_PER_PAIR * items.length, call.place);
      return items.map((item, index) => [index, item]);
    };
  },
}));

export const mapWithIndex = defineOperator('mapWithIndex', () => ({
  summary: 'Like `map`, with a lambda that gets the element and its index, counted from 0.',
  signatures: { classic: takes(array(), lambda(2)) },
  returns: 'array',
  shape: ([items = ANY], { arguments: [, lambda] }, infer) =>
    arrayShape(infer.applied(lambda, [elementOf(items), scalarShape('number')])),
  growth: 'mapped',
  work: ['calls'],
  examples: [
    {
      script: ['mapWithIndex', { array: [10, 10] }, ['lambda', ['x', 'i'], ['+', ['$', '/x'], ['$', '/i']]]],
      result: [10, 11],
    },
  ],
  compile(call, compiler) {
    const array = compileArgument(call, 0, compiler);
    const lambda = compileLambdaArgument(call, 1, compiler);
    const room = roomIn(compiler);
    return (run, scope) => {
      const items = arrayOf(array(run, scope), call, 0);
      const callable = lambda.find(run, scope, items.length);
      enter(run, callable, items.length, lambda);
      countComputed(run, items.length, call.place);
      const { first, second } = scopeOfTwo(callable, scope);
      const { body } = callable;
      const results = room.exactly(items.length);
      for (let index = 0; index < items.length; index++) {
        first.value = items[index] ?? null;
        second.value = index;
        results[index] = body(run, second);
      }
      leave(run, lambda);
      return results;
    };
  },
}));

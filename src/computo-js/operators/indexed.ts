import {
  callerOfTwo,
  compileArrayArgument,
  compileLambdaArgument,
  countUnits,
  enter,
  leave,
} from '../compile/index.js';
import { array, defineOperator, lambda, takes } from '../syntax/index.js';

export const enumerate = defineOperator({
  name: 'enumerate',
  summary: 'The array of `[index, element]` pairs, counted from 0.',
  signatures: { classic: takes(array()) },
  returns: 'array',
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
    const itemsOf = compileArrayArgument(call, 0, compiler);
    return (run, scope) => {
      const items = itemsOf(run, scope);
      countUnits(run, 3 * items.length, call.place);
      return items.map((item, index) => [index, item]);
    };
  },
});

export const mapWithIndex = defineOperator({
  name: 'mapWithIndex',
  summary: 'Like `map`, with a lambda that gets the element and its index, counted from 0.',
  signatures: { classic: takes(array(), lambda(2)) },
  returns: 'array',
  examples: [
    {
      script: ['mapWithIndex', { array: [10, 10] }, ['lambda', ['x', 'i'], ['+', ['$', '/x'], ['$', '/i']]]],
      result: [10, 11],
    },
  ],
  compile(call, compiler) {
    const itemsOf = compileArrayArgument(call, 0, compiler);
    const lambdaOf = compileLambdaArgument(call, 1, compiler);
    return (run, scope) => {
      const items = itemsOf(run, scope);
      const callable = lambdaOf(run, scope, items.length);
      enter(run, callable, items.length, call.place);
      countUnits(run, items.length, call.place);
      const apply = callerOfTwo(callable, run, scope);
      const results = items.map(apply);
      leave(run);
      return results;
    };
  },
});

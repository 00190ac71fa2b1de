import {
  arrayOf,
  compileArgument,
  compileLambdaArgument,
  countElements,
  enter,
  leave,
  roomIn,
  scopeOfOne,
} from '../compile/index.js';
import { ANY, arrayShape, elementOf, tupleShape } from '../shape/index.js';
import { array, defineOperator, lambda, takes } from '../syntax/index.js';
import { isTruthy, type Json } from '../value/index.js';

export const partition = defineOperator('partition', () => ({
  summary: 'Two arrays: the elements for which a lambda is truthy, and the others.',
  signatures: { classic: takes(array(), lambda(1)) },
  returns: 'array',
  shape([items = ANY], { arguments: [, lambda] }, infer) {
    infer.applied(lambda, [elementOf(items)]);
    return tupleShape([arrayShape(elementOf(items)), arrayShape(elementOf(items))]);
  },
  growth: 'first',
  work: ['calls'],
  examples: [
    {
      script: ['partition', { array: [1, 5, 2, 9] }, ['lambda', ['x'], ['>', ['$', '/x'], 3]]],
      result: [
        [5, 9],
        [1, 2],
      ],
    },
  ],
  compile(call, compiler) {
    const array = compileArgument(call, 0, compiler);
    const lambda = compileLambdaArgument(call, 1, compiler);
    const room = roomIn(compiler);
    const { place } = call;
    return (run, scope) => {
      const items = arrayOf(array(run, scope), call, 0);
      const callable = lambda.find(run, scope, items.length);
      enter(run, callable, items.length, lambda);
      countElements(run, items.length, place);
      const frame = scopeOfOne(callable, scope);
      const { body } = callable;
      const passed: Json[] = [];
      const failed: Json[] = [];
      for (let index = 0; index < items.length; index++) {
        const item = items[index] ?? null;
        frame.value = item;
        (isTruthy(body(run, frame)) ? passed : failed).push(item);
      }
      leave(run, lambda);
      return [room.fitted(passed), room.fitted(failed)];
    };
  },
}));

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
import { ANY, arrayShape, elementOf } from '../shape/index.js';
import { array, defineOperator, inBoth, lambda, takes } from '../syntax/index.js';
import { isTruthy, type Json } from '../value/index.js';

export const filter = defineOperator('filter', () => ({
  summary: 'The elements for which a lambda is truthy.',
  signatures: inBoth(takes(array(), lambda(1))),
  returns: 'array',
  shape([items = ANY], { arguments: [, lambda] }, infer) {
    infer.applied(lambda, [elementOf(items)]);
    return arrayShape(elementOf(items));
  },
  growth: 'first',
  work: ['calls'],
  examples: [
    { script: ['filter', { array: [1, 5, 9] }, ['lambda', ['x'], ['>', ['$', '/x'], 3]]], result: [5, 9] },
    { script: ['filter', { array: [0, 'a', ''] }, ['lambda', ['x'], ['$', '/x']]], result: ['a'] },
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
      const frame = scopeOfOne(callable, scope);
      const { body } = callable;
      const kept: Json[] = [];
      for (let index = 0; index < items.length; index++) {
        const item = items[index] ?? null;
        frame.value = item;
        if (isTruthy(body(run, frame))) kept.push(item);
      }
      leave(run, lambda);
      countElements(run, kept.length, place);
      return room.fitted(kept);
    };
  },
}));

import {
  arrayOf,
  compileArgument,
  compileLambdaArgument,
  countComputed,
  enter,
  leave,
  roomIn,
  scopeOfOne,
} from '../compile/index.js';
import { ANY, arrayShape, elementOf } from '../shape/index.js';
import { array, defineOperator, inBoth, lambda, takes } from '../syntax/index.js';

export const map = defineOperator('map', () => ({
  summary: 'The array of what a lambda makes of each element.',
  signatures: inBoth(takes(array(), lambda(1))),
  returns: 'array',
  shape: ([items = ANY], { arguments: [, lambda] }, infer) => arrayShape(infer.applied(lambda, [elementOf(items)])),
  growth: 'mapped',
  work: ['calls'],
  examples: [
    { script: ['map', { array: [1, 2, 3] }, ['lambda', ['x'], ['*', ['$', '/x'], ['$', '/x']]]], result: [1, 4, 9] },
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
      countComputed(run, items.length, place);
      const frame = scopeOfOne(callable, scope);
      const { body } = callable;
      const results = room.exactly(items.length);
      for (let index = 0; index < items.length; index++) {
        frame.value = items[index] ?? null;
        results[index] = body(run, frame);
      }
      leave(run, lambda);
      return results;
    };
  },
}));

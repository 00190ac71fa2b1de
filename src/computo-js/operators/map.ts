import {
  arrayOf,
  compileArgument,
  compileLambdaArgument,
  countUnits,
  enter,
  leave,
  scopeOfOne,
} from '../compile/index.js';
import { array, defineOperator, inBoth, lambda, takes } from '../syntax/index.js';
import type { Json } from '../value/index.js';

export const map = defineOperator({
  name: 'map',
  summary: 'The array of what a lambda makes of each element.',
  signatures: inBoth(takes(array(), lambda(1))),
  returns: 'array',
  growth: 'mapped',
  examples: [
    { script: ['map', { array: [1, 2, 3] }, ['lambda', ['x'], ['*', ['$', '/x'], ['$', '/x']]]], result: [1, 4, 9] },
  ],
  compile(call, compiler) {
    const array = compileArgument(call, 0, compiler);
    const lambda = compileLambdaArgument(call, 1, compiler);
    const { place } = call;
    return (run, scope) => {
      const items = arrayOf(array(run, scope), call, 0);
      const callable = lambda.find(run, scope, items.length);
      enter(run, callable, items.length, lambda);
      countUnits(run, items.length, place);
      const frame = scopeOfOne(callable, scope);
      const { body } = callable;
      const results: Json[] = [];
      for (let index = 0; index < items.length; index++) {
        frame.value = items[index] ?? null;
        results.push(body(run, frame));
      }
      leave(run, lambda);
      return results;
    };
  },
});

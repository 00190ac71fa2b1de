import { compileArrayArgument, compileLambdaArgument, countUnits, visitItems } from '../compile/index.js';
import { array, defineOperator, inBoth, lambda, takes } from '../syntax/index.js';
import { isTruthy, type Json } from '../value/index.js';

export const filter = defineOperator({
  name: 'filter',
  summary: 'The elements for which a lambda is truthy.',
  signatures: inBoth(takes(array(), lambda(1))),
  returns: 'array',
  examples: [
    { script: ['filter', { array: [1, 5, 9] }, ['lambda', ['x'], ['>', ['$', '/x'], 3]]], result: [5, 9] },
    { script: ['filter', { array: [0, 'a', ''] }, ['lambda', ['x'], ['$', '/x']]], result: ['a'] },
  ],
  compile(call, compiler) {
    const itemsOf = compileArrayArgument(call, 0, compiler);
    const lambdaOf = compileLambdaArgument(call, 1, compiler);
    return (run, scope) => {
      const items = itemsOf(run, scope);
      const callable = lambdaOf(run, scope, items.length);
      const kept: Json[] = [];
      visitItems(items, callable, run, scope, call.place, (answer, item) => {
        if (isTruthy(answer)) kept.push(item);
        return true;
      });
      countUnits(run, kept.length, call.place);
      return kept;
    };
  },
});

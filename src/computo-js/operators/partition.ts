import { compileArrayArgument, compileLambdaArgument, countUnits, visitItems } from '../compile/index.js';
import { array, defineOperator, lambda, takes } from '../syntax/index.js';
import { isTruthy, type Json } from '../value/index.js';

export const partition = defineOperator({
  name: 'partition',
  summary: 'Two arrays: the elements for which a lambda is truthy, and the others.',
  signatures: { classic: takes(array(), lambda(1)) },
  returns: 'array',
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
    const itemsOf = compileArrayArgument(call, 0, compiler);
    const lambdaOf = compileLambdaArgument(call, 1, compiler);
    return (run, scope) => {
      const items = itemsOf(run, scope);
      const callable = lambdaOf(run, scope, items.length);
      const passed: Json[] = [];
      const failed: Json[] = [];
      countUnits(run, items.length, call.place);
      visitItems(items, callable, run, scope, call.place, (answer, item) => {
        (isTruthy(answer) ? passed : failed).push(item);
        return true;
      });
      return [passed, failed];
    };
  },
});

import { compileArrayArgument, compileLambdaArgument, countUnits, mapItems } from '../compile/index.js';
import { array, defineOperator, inBoth, lambda, takes } from '../syntax/index.js';

export const map = defineOperator({
  name: 'map',
  summary: 'The array of what a lambda makes of each element.',
  signatures: inBoth(takes(array(), lambda(1))),
  returns: 'array',
  examples: [
    { script: ['map', { array: [1, 2, 3] }, ['lambda', ['x'], ['*', ['$', '/x'], ['$', '/x']]]], result: [1, 4, 9] },
  ],
  compile(call, compiler) {
    const itemsOf = compileArrayArgument(call, 0, compiler);
    const lambdaOf = compileLambdaArgument(call, 1, compiler);
    return (run, scope) => {
      const items = itemsOf(run, scope);
      const callable = lambdaOf(run, scope, items.length);
      countUnits(run, items.length, call.place);
      return mapItems(items, callable, run, scope, call.place);
    };
  },
});

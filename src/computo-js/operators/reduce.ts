import {
  arrayOf,
  callerOfTwo,
  compileArgument,
  compileLambdaArgument,
  countCalls,
  enter,
  leave,
} from '../compile/index.js';
import { array, defineOperator, inBoth, lambda, takes, value } from '../syntax/index.js';

export const reduce = defineOperator({
  name: 'reduce',
  summary:
    'Combines the elements into one value: a lambda gets what came so far, first the initial value, and the next element.',
  signatures: inBoth(takes(array(), lambda(2), value('initial'))),
  examples: [
    {
      script: ['reduce', { array: [1, 2, 3] }, ['lambda', ['sum', 'x'], ['+', ['$', '/sum'], ['$', '/x']]], 0],
      result: 6,
    },
    { script: ['reduce', { array: [] }, ['lambda', ['sum', 'x'], 1], 'none'], result: 'none' },
  ],
  compile(call, compiler) {
    const array = compileArgument(call, 0, compiler);
    const initial = compileArgument(call, 2, compiler);
    const lambdaOf = compileLambdaArgument(call, 1, compiler);
    const { place } = call;
    const checksFirst = call.dialect === 'classic';
    return (run, scope) => {
      const given = array(run, scope);
      if (checksFirst) arrayOf(given, call, 0);
      let result = initial(run, scope);
      const items = arrayOf(given, call, 0);
      const callable = lambdaOf(run, scope, items.length);
      enter(run, callable, 0, place);
      const apply = callerOfTwo(callable, run, scope);
      for (const item of items) {
        countCalls(run, callable, 1, place);
        result = apply(result, item);
      }
      leave(run);
      return result;
    };
  },
});

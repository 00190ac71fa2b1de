import { arrayOf, compileArgument, compileLambdaArgument, enter, leave, scopeOfTwo } from '../compile/index.js';
import { ANY, elementOf } from '../shape/index.js';
import { array, defineOperator, inBoth, lambda, takes, value } from '../syntax/index.js';

export const reduce = defineOperator('reduce', () => ({
  summary:
    'Combines the elements into one value: a lambda gets what came so far, first the initial value, and the next element.',
  signatures: inBoth(takes(array(), lambda(2), value('initial'))),
  shape([items = ANY], { arguments: [, lambda] }, infer) {
    // The shape of the accumulated value depends on the lambda's answer, so it is unknown here.
    infer.applied(lambda, [ANY, elementOf(items)]);
    return ANY;
  },
  growth: 'reduced',
  work: ['calls'],
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
    const lambda = compileLambdaArgument(call, 1, compiler);
    const checksFirst = call.dialect === 'classic';
    return (run, scope) => {
      const given = array(run, scope);
      if (checksFirst) arrayOf(given, call, 0);
      let result = initial(run, scope);
      const items = arrayOf(given, call, 0);
      const callable = lambda.find(run, scope, items.length);
      enter(run, callable, items.length, lambda);
      const { first, second } = scopeOfTwo(callable, scope);
      const { body } = callable;
      for (let index = 0; index < items.length; index++) {
        first.value = result;
        second.value = items[index] ?? null;
        result = body(run, second);
      }
      leave(run, lambda);
      return result;
    };
  },
}));

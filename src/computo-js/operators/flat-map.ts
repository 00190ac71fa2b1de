import { compileArrayArgument, compileLambdaArgument, countUnits, visitItems } from '../compile/index.js';
import { array, defineOperator, lambda, takes } from '../syntax/index.js';
import { isArray, type Json } from '../value/index.js';

export const flatMap = defineOperator({
  name: 'flatMap',
  summary: 'Like `map`, but where the lambda makes an array, its elements are taken, one level deep.',
  signatures: { classic: takes(array(), lambda(1)) },
  returns: 'array',
  examples: [
    {
      script: [
        'flatMap',
        { array: [1, 2] },
        [
          'lambda',
          ['x'],
          {
            array: [
              ['$', '/x'],
              ['*', ['$', '/x'], 10],
            ],
          },
        ],
      ],
      result: [1, 10, 2, 20],
    },
    { script: ['flatMap', { array: [1] }, ['lambda', ['x'], 'one']], result: ['one'] },
  ],
  compile(call, compiler) {
    const itemsOf = compileArrayArgument(call, 0, compiler);
    const lambdaOf = compileLambdaArgument(call, 1, compiler);
    return (run, scope) => {
      const items = itemsOf(run, scope);
      const callable = lambdaOf(run, scope, items.length);
      const all: Json[] = [];
      visitItems(items, callable, run, scope, call.place, (answer) => {
        countUnits(run, isArray(answer) ? answer.length : 1, call.place);
        if (isArray(answer)) for (const inner of answer) all.push(inner);
        else all.push(answer);
        return true;
      });
      return all;
    };
  },
});

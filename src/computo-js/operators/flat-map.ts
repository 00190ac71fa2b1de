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
import { array, defineOperator, lambda, takes } from '../syntax/index.js';
import { isArray, type Json } from '../value/index.js';

export const flatMap = defineOperator('flatMap', () => ({
  summary: 'Like `map`, but where the lambda makes an array, its elements are taken, one level deep.',
  signatures: { classic: takes(array(), lambda(1)) },
  returns: 'array',
  shape([items = ANY], { arguments: [, lambda] }, infer) {
    infer.applied(lambda, [elementOf(items)]);
    return arrayShape(ANY);
  },
  growth: 'mapped',
  work: ['calls', 'elements'],
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
      const all: Json[] = [];
      for (let index = 0; index < items.length; index++) {
        frame.value = items[index] ?? null;
        const answer = body(run, frame);
        countComputed(run, isArray(answer) ? answer.length : 1, place);
        if (isArray(answer)) for (const inner of answer) all.push(inner);
        else all.push(answer);
      }
      leave(run, lambda);
      return room.fitted(all);
    };
  },
}));

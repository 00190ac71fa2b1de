import { compileArgument, compileLambdaArgument, countCalls, enter, leave, scopeOfOne } from '../../compile/index.js';
import { ANY } from '../../shape/index.js';
import { defineOperator, inBoth, lambda, takes, value } from '../../syntax/index.js';
import { rebuilt } from '../../value/index.js';

export const walk = defineOperator('value.walk', () => ({
  summary:
    'What a lambda makes of a value and of every value in it, from the inside out: of a container after its parts were changed. Keys stay.',
  signatures: inBoth(takes(value('value'), lambda(1))),
  shape: (_, call, infer) => infer.applied(call.arguments[1], [ANY]),
  work: ['calls', 'elements', 'members'],
  frames: 3,
  examples: [
    {
      script: [
        'value.walk',
        { a: 'x', b: [1, 'y'] },
        [
          'lambda',
          ['v'],
          ['if', ['==', ['value.type', ['$', '/v']], 'string'], ['strConcat', ['$', '/v'], '!'], ['$', '/v']],
        ],
      ],
      result: { a: 'x!', b: [1, 'y!'] },
    },
  ],
  compile(call, compiler) {
    const given = compileArgument(call, 0, compiler);
    const lambda = compileLambdaArgument(call, 1, compiler);
    const { place } = call;
    return (run, scope) => {
      const root = given(run, scope);
      const callable = lambda.find(run, scope, 1);
      enter(run, callable, 0, lambda);
      const frame = scopeOfOne(callable, scope);
      const { body } = callable;
      const walked = rebuilt(
        root,
        (part) => {
          countCalls(run, callable, 1, place);
          frame.value = part;
          const made = body(run, frame);
          run.at = place;
          return made;
        },
        run,
      );
      leave(run, lambda);
      return walked ?? null;
    };
  },
}));

import { compileArgument, compileAttempt } from '../../compile/index.js';
import { ANY, join, joinAll, withoutNull } from '../../shape/index.js';
import { defineOperator, inBoth, takesAtLeast, value } from '../../syntax/index.js';

export const orOperator = defineOperator('value.or', () => ({
  summary:
    'The first value that is neither missing nor null; those after it are not evaluated. Missing is what a failed read of `$input`, `$inputs`, `$`, `get` or `value.at` gives, at any depth of an argument; other errors are raised. The last value is given as it is.',
  signatures: inBoth(takesAtLeast(2, value('value'), value('fallback'))),
  shape: (args) => join(joinAll(args.slice(0, -1).map(withoutNull)), args.at(-1) ?? ANY),
  growth: 'sum',
  work: [],
  certainArguments: { classic: 1, current: 1 },
  forgives: (index, count) => index < count - 1,
  written: 'first',
  frames: 2,
  examples: [
    { dialect: 'current', script: ['value.or', ['$input', '/nick'], 'nobody'], inputs: [{}], result: 'nobody' },
    {
      dialect: 'classic',
      script: ['value.or', ['get', ['$input'], '/nick'], 'nobody'],
      inputs: [{}],
      result: 'nobody',
    },
    { script: ['value.or', null, ['$input'], ['/', 1, ['$input']]], inputs: [0], result: 0 },
  ],
  compile(call, compiler) {
    const lastIndex = call.arguments.length - 1;
    const last = compileArgument(call, lastIndex, compiler);
    const others = call.arguments.slice(0, -1).map((_, index) => compileAttempt(index, compiler));
    const [only] = others;
    if (only !== undefined && others.length === 1) {
      return (run, scope) => only(run, scope) ?? last(run, scope);
    }
    return (run, scope) => {
      for (let index = 0; index < others.length; index++) {
        const found = others[index]?.(run, scope) ?? null;
        if (found !== null) return found;
      }
      return last(run, scope);
    };
  },
}));

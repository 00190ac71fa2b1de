import { attempting, compileArgument, MISSING } from '../../compile/index.js';
import { ComputoError } from '../../computo-error.js';
import { ANY, join } from '../../shape/index.js';
import { defineOperator, inBoth, takes, value } from '../../syntax/index.js';

export const tryOperator = defineOperator('value.try', () => ({
  summary:
    'A value, or a fallback where evaluating it is an InvalidArgument. A limit that is exceeded and an operator that does not exist are raised all the same. The fallback is evaluated only when it is needed.',
  signatures: inBoth(takes(value('value'), value('fallback'))),
  shape: ([tried = ANY, fallback = ANY]) => join(tried, fallback),
  growth: 'sum',
  work: [],
  certainArguments: { classic: 1, current: 1 },
  forgives: (index) => index === 0,
  frames: 2,
  examples: [
    { script: ['value.try', ['*', ['$input'], 2], 0], inputs: ['six'], result: 0 },
    { script: ['value.try', ['$input'], ['/', 1, ['$input']]], inputs: [0], result: 0 },
  ],
  compile(call, compiler) {
    const tried = attempting(compiler.read(0) ?? compiler.compile(0), isInvalidArgument);
    const fallback = compileArgument(call, 1, compiler);
    return (run, scope) => {
      const found = tried(run, scope);
      return found === undefined ? fallback(run, scope) : found;
    };
  },
}));

function isInvalidArgument(error: unknown): boolean {
  return error === MISSING || (error instanceof ComputoError && error.kind === 'InvalidArgument');
}

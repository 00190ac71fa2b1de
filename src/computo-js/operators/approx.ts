import { compileArgument, numberOf } from '../compile/index.js';
import { defineOperator, inBoth, invalidArgument, number, takes } from '../syntax/index.js';
import { compareNumbers, describe, isApproximately, isNumber, unlimited } from '../value/index.js';
import { withinIntegerLimit } from './number-results.js';

export const approx = defineOperator('approx', () => ({
  summary: 'Whether two numbers differ by at most a tolerance, which must not be negative.',
  signatures: inBoth(takes(number('left'), number('right'), number('tolerance'))),
  returns: 'boolean',
  work: ['digits'],
  examples: [
    { script: ['approx', ['+', 0.1, 0.2], 0.3, 0.000001], result: true },
    { script: ['approx', 1, 2, 0.5], result: false },
  ],
  compile(call, compiler) {
    const left = compileArgument(call, 0, compiler);
    const right = compileArgument(call, 1, compiler);
    const tolerance = compileArgument(call, 2, compiler);
    return (run, scope) => {
      const leftGiven = left(run, scope);
      const rightGiven = right(run, scope);
      const toleranceGiven = tolerance(run, scope);
      const a = numberOf(leftGiven, call, 0);
      const b = numberOf(rightGiven, call, 1);
      const within = numberOf(toleranceGiven, call, 2);
      run.at = call.place;
      if (compareNumbers(within, 0, run) < 0) {
        throw invalidArgument(call.place, `'approx' needs a tolerance of at least 0, got ${describe(within)}`);
      }
      return withinIntegerLimit(call, () => isApproximately(a, b, within, run));
    };
  },
  check(call, report) {
    const tolerance = call.arguments[2];
    if (
      tolerance?.type !== 'constant' ||
      !isNumber(tolerance.value) ||
      compareNumbers(tolerance.value, 0, unlimited()) >= 0
    )
      return;
    report({
      code: 'negative-tolerance',
      place: tolerance.place,
      message: `'approx' needs a tolerance of at least 0, got ${describe(tolerance.value)}`,
    });
  },
}));

import { compileArgument, numberOf } from '../compile/index.js';
import { defineOperator, inBoth, invalidArgument, number, takes } from '../syntax/index.js';
import { compareNumbers, isApproximately, isNumber } from '../value/index.js';
import { withinIntegerLimit } from './number-results.js';

export const approx = defineOperator({
  name: 'approx',
  summary: 'Whether two numbers differ by at most a tolerance, which must not be negative.',
  signatures: inBoth(takes(number('left'), number('right'), number('tolerance'))),
  returns: 'boolean',
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
      if (compareNumbers(within, 0) < 0) {
        throw invalidArgument(call.place, `'approx' needs a tolerance of at least 0, got ${String(within)}`);
      }
      return withinIntegerLimit(call, () => isApproximately(a, b, within));
    };
  },
  check(call, report) {
    const tolerance = call.arguments[2];
    if (tolerance?.type !== 'constant' || !isNumber(tolerance.value) || compareNumbers(tolerance.value, 0) >= 0) return;
    report({
      code: 'negative-tolerance',
      place: tolerance.place,
      message: `'approx' needs a tolerance of at least 0, got ${String(tolerance.value)}`,
    });
  },
});

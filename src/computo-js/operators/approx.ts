import { compileArguments, numberOf } from '../compile/index.js';
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
    const parts = compileArguments(call, compiler);
    return (run, scope) => {
      const [left = null, right = null, tolerance = null] = parts.map((part) => part(run, scope));
      const a = numberOf(left, call, 0);
      const b = numberOf(right, call, 1);
      const within = numberOf(tolerance, call, 2);
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

import { compileArgument, numberOf } from '../../compile/index.js';
import { defineOperator, inBoth, number, takes, type Example, type OperatorEntry } from '../../syntax/index.js';
import { changeDecimal, integerBeside } from './decimal.js';

export const floor = beside('number.floor', 'below', Math.floor, [
  { script: ['number.floor', 2.7], result: 2 },
  { script: ['number.floor', -2.1], result: -3 },
]);

export const ceil = beside('number.ceil', 'above', Math.ceil, [{ script: ['number.ceil', 2.1], result: 3 }]);

function beside(
  name: string,
  side: 'below' | 'above',
  ofDouble: (number: number) => number,
  examples: readonly Example[],
): OperatorEntry {
  return defineOperator(name, () => ({
    summary: `The nearest integer that is not ${side === 'below' ? 'greater' : 'less'} than the number.`,
    signatures: inBoth(takes(number('number'))),
    returns: 'number',
    growth: 'first',
    work: ['digits'],
    examples,
    compile(call, compiler) {
      const given = compileArgument(call, 0, compiler);
      return (run, scope) => {
        const value = numberOf(given(run, scope), call, 0);
        // A double and the decimal that it prints as lie between the same two integers. `+ 0` turns -0 into 0.
        if (typeof value === 'number') return ofDouble(value) + 0;
        run.at = call.place;
        return changeDecimal(value, (decimal) => integerBeside(decimal, side), run);
      };
    },
  }));
}

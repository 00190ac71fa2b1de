import { compileArguments, numberOf } from '../../compile/index.js';
import { defineOperator, inBoth, number, takesAtLeast, type Example, type OperatorEntry } from '../../syntax/index.js';
import { compareNumbers } from '../../value/index.js';

export const min = extreme('number.min', 'least', -1, [{ script: ['number.min', 3, 1.5, 2], result: 1.5 }]);

export const max = extreme('number.max', 'greatest', 1, [{ script: ['number.max', 3, 1.5, 2], result: 3 }]);

/** @param side the sign of comparing a number with the one that it replaces */
function extreme(name: string, noun: string, side: 1 | -1, examples: readonly Example[]): OperatorEntry {
  return defineOperator(name, () => ({
    summary: `The ${noun} of the numbers, by their exact values; the first of equal ones.`,
    signatures: inBoth(takesAtLeast(1, number('number'))),
    returns: 'number',
    growth: 'sum',
    work: ['digits'],
    examples,
    compile(call, compiler) {
      const parts = compileArguments(call, compiler);
      return (run, scope) => {
        let found = numberOf(parts[0]?.(run, scope) ?? null, call, 0);
        for (let index = 1; index < parts.length; index++) {
          const next = numberOf(parts[index]?.(run, scope) ?? null, call, index);
          run.at = call.place;
          if (compareNumbers(next, found, run) * side > 0) found = next;
        }
        return found;
      };
    },
  }));
}

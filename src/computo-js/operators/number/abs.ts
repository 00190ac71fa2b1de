import { compileArgument, numberOf } from '../../compile/index.js';
import { defineOperator, inBoth, number, takes } from '../../syntax/index.js';
import { digitsOf, NumberText, spendDigits, type JsonNumber } from '../../value/index.js';

export const abs = defineOperator('number.abs', () => ({
  summary: 'The number without its sign.',
  signatures: inBoth(takes(number('number'))),
  returns: 'number',
  growth: 'first',
  work: ['digits'],
  examples: [{ script: ['number.abs', -2.5], result: 2.5 }],
  compile(call, compiler) {
    const given = compileArgument(call, 0, compiler);
    return (run, scope) => {
      const value = numberOf(given(run, scope), call, 0);
      run.at = call.place;
      spendDigits(run, digitsOf(value));
      return withoutSign(value);
    };
  },
}));

function withoutSign(value: JsonNumber): JsonNumber {
  if (typeof value === 'number') return Math.abs(value);
  if (typeof value === 'bigint') return value < 0n ? -value : value;
  return value.text.startsWith('-') ? new NumberText(value.text.slice(1)) : value;
}

import { compileArguments, numberOf, type Evaluate } from '../compile/index.js';
import { defineOperator, number, takes, takesAtLeast, type Call } from '../syntax/index.js';
import { subtract } from '../value/index.js';
import { calculate, fold, ofTwo } from './number-results.js';

export const minus = defineOperator('-', () => ({
  summary: 'Subtracts numbers from the first one, from left to right. In current, a single number is negated.',
  signatures: {
    classic: takes(number('minuend'), number('subtrahend')),
    current: takesAtLeast(1, number('minuend'), number('subtrahend')),
  },
  returns: 'number',
  work: ['digits'],
  examples: [
    { script: ['-', 10, 4], result: 6 },
    { dialect: 'current', script: ['-', 10, 4, 3], result: 3 },
    { dialect: 'current', script: ['-', 5], result: -5 },
  ],
  compile(call, compiler) {
    const parts = compileArguments(call, compiler);
    if (call.dialect === 'classic') return ofTwo(call, parts, subtract);
    const [only] = parts;
    return only !== undefined && parts.length === 1 ? negated(call, only) : fold(call, parts, subtract, '-');
  },
}));

function negated(call: Call, evaluate: Evaluate): Evaluate {
  return (run, scope) => calculate(subtract, 0, numberOf(evaluate(run, scope), call, 0), call, run);
}

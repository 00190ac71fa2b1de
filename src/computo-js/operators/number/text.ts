import { compileArgument, countUnits, numberOf } from '../../compile/index.js';
import { defineOperator, inBoth, number, takes } from '../../syntax/index.js';
import { decimalWithin, digitsOf, spendDigits } from '../../value/index.js';
import { compileInteger, reportInteger, type Bounds } from '../integer-argument.js';
import { plainDecimal, roundDecimal } from './decimal.js';

const PLACES: Bounds = { min: 0, max: 10_000 };

export const text = defineOperator('number.text', () => ({
  summary: `The number as text with this many digits after the point, 0 to ${PLACES.max}, rounded as by \`number.round\`, without an exponent.`,
  signatures: inBoth(takes(number('number'), number('digits'))),
  returns: 'string',
  work: ['digits'],
  frames: 2,
  examples: [
    { script: ['number.text', 2.5, 2], result: '2.50' },
    { script: ['number.text', -1.25, 1], result: '-1.3' },
  ],
  compile(call, compiler) {
    const numberGiven = compileArgument(call, 0, compiler);
    const placesGiven = compileInteger(call, 1, compiler, PLACES);
    return (run, scope) => {
      const given = numberOf(numberGiven(run, scope), call, 0);
      const places = placesGiven(run, scope);
      run.at = call.place;
      spendDigits(run, digitsOf(given));
      const decimal = roundDecimal(decimalWithin(given, run), places);
      countUnits(run, Math.max(0, decimal.exponent) + places, call.place);
      return plainDecimal(decimal, places);
    };
  },
  check: (call, report) => reportInteger(call, 1, report, PLACES),
}));

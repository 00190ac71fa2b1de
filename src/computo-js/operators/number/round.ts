import { compileArgument, numberOf } from '../../compile/index.js';
import { defineOperator, inBoth, number, takesUpTo } from '../../syntax/index.js';
import type { Effort, JsonNumber } from '../../value/index.js';
import { compileInteger, reportInteger } from '../integer-argument.js';
import { changeDecimal, roundDecimal } from './decimal.js';

export const round = defineOperator('number.round', () => ({
  summary:
    'The number rounded to this many digits after the point, 0 without a count; -1 rounds to tens. Half goes away from zero, by the decimal that is printed.',
  signatures: inBoth(takesUpTo(1, number('number'), number('digits'))),
  returns: 'number',
  growth: 'first',
  work: ['digits'],
  frames: 2,
  examples: [
    { script: ['number.round', 2.5], result: 3 },
    { script: ['number.round', 1.005, 2], result: 1.01 },
    { script: ['number.round', 1234, -2], result: 1200 },
  ],
  compile(call, compiler) {
    const numberGiven = compileArgument(call, 0, compiler);
    const digitsGiven = call.arguments.length > 1 ? compileInteger(call, 1, compiler) : undefined;
    return (run, scope) => {
      const given = numberOf(numberGiven(run, scope), call, 0);
      const digits = digitsGiven === undefined ? 0 : digitsGiven(run, scope);
      run.at = call.place;
      return rounded(given, digits, run);
    };
  },
  check: (call, report) => reportInteger(call, 1, report),
}));

function rounded(given: JsonNumber, digits: number, effort: Effort): JsonNumber {
  const quick = typeof given === 'number' && digits >= 0 ? roundedDouble(given, digits) : undefined;
  return quick ?? changeDecimal(given, (decimal) => roundDecimal(decimal, digits), effort);
}

/** Powers of ten up to this exponent are exact doubles. */
const EXACT_POWER_MAX = 22;
const FIVE = 0x35;

/**
 * Rounds most doubles from the text that they print as. If an integer and a power of ten are both exact, their quotient is the
 * nearest double.
 *
 * @returns undefined if the decimal is needed
 */
function roundedDouble(given: number, digits: number): number | undefined {
  // Doubles from 2^53 on are integers and print as such. `+ 0` turns -0 into 0.
  if (Number.isInteger(given)) return given + 0;
  const text = String(given);
  const point = text.indexOf('.');
  const end = point + 1 + digits;
  if (point === -1 || digits > EXACT_POWER_MAX || text.includes('e')) return undefined;
  if (end >= text.length) return given;
  const kept = Number(text.slice(0, point) + text.slice(point + 1, end));
  if (!Number.isSafeInteger(kept)) return undefined;
  const added = text.charCodeAt(end) < FIVE ? 0 : given < 0 ? -1 : 1;
  return (kept + added) / Number(`1e${digits}`) + 0;
}

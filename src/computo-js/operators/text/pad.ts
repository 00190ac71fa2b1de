import { compileArgument, countUnits, textOf } from '../../compile/index.js';
import {
  defineOperator,
  inBoth,
  number,
  takesUpTo,
  value,
  type Example,
  type OperatorEntry,
} from '../../syntax/index.js';
import { spendText } from '../../value/index.js';
import { compileInteger, reportInteger } from '../integer-argument.js';
import { countCodePoints, offsetOf } from './code-points.js';
import { notEmpty, reportEmpty } from './part.js';
import { TIMES } from './times.js';

export const padStart = padding('text.padStart', 'start', (text, filling) => filling + text, [
  { script: ['text.padStart', '42', 6, '0'], result: '000042' },
  { script: ['text.padStart', 'abc', 8, '12'], result: '12121abc' },
]);

export const padEnd = padding('text.padEnd', 'end', (text, filling) => text + filling, [
  { script: ['text.padEnd', 'a', 4, '.'], result: 'a...' },
]);

function padding(
  name: string,
  side: 'start' | 'end',
  put: (text: string, filling: string) => string,
  examples: readonly Example[],
): OperatorEntry {
  return defineOperator(name, () => ({
    summary: `The text padded at its ${side} to this many code points, 0 to ${TIMES.max}, with spaces or another text, repeated. A longer text stays as it is.`,
    signatures: inBoth(takesUpTo(1, value('text', 'string'), number('length'), value('fill', 'string'))),
    returns: 'string',
    work: ['text'],
    frames: 2,
    examples,
    compile(call, compiler) {
      const textGiven = compileArgument(call, 0, compiler);
      const lengthGiven = compileInteger(call, 1, compiler, TIMES);
      const fillGiven = call.arguments.length > 2 ? compileArgument(call, 2, compiler) : undefined;
      return (run, scope) => {
        const text = textOf(textGiven(run, scope), call, 0);
        const length = lengthGiven(run, scope);
        const fill = fillGiven === undefined ? ' ' : notEmpty(textOf(fillGiven(run, scope), call, 2), call, 2);
        run.at = call.place;
        spendText(run, text.length + fill.length);
        const missing = length - countCodePoints(text);
        if (missing <= 0) return text;
        const filling = fillingOf(fill, missing);
        countUnits(run, text.length + filling.length, call.place);
        return put(text, filling);
      };
    },
    check(call, report) {
      reportInteger(call, 1, report, TIMES);
      reportEmpty(call, 2, report);
    },
  }));
}

/** @param length in code points, at least 1 */
function fillingOf(fill: string, length: number): string {
  const fillLength = countCodePoints(fill);
  const whole = fill.repeat(Math.floor(length / fillLength));
  return whole + fill.slice(0, offsetOf(fill, length % fillLength));
}

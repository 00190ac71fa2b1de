import { compileArgument, textOf } from '../../compile/index.js';
import { DataFault, parseExactly } from '../../json-text/index.js';
import { defineOperator, inBoth, invalidArgument, takes, value } from '../../syntax/index.js';
import { describe, digitsOf, isNumber, spendDigitPairs, spendText, type JsonNumber } from '../../value/index.js';

/** A number contains nothing nested. */
const DEPTH_MAX = 0;

export const parse = defineOperator('number.parse', () => ({
  summary: 'The number that the text is, as JSON writes numbers, exactly. There may be blanks around it.',
  signatures: inBoth(takes(value('text', 'string'))),
  returns: 'number',
  growth: 'text',
  work: ['text'],
  examples: [
    { script: ['number.parse', ' 42 '], result: 42 },
    { script: ['number.parse', '-2.5e3'], result: -2500 },
  ],
  compile(call, compiler) {
    const textGiven = compileArgument(call, 0, compiler);
    return (run, scope) => {
      const text = textOf(textGiven(run, scope), call, 0);
      run.at = call.place;
      spendText(run, text.length);
      const number = numberIn(text);
      // Of limited length, because a longer integer stays text.
      if (typeof number === 'bigint') spendDigitPairs(run, digitsOf(number), digitsOf(number));
      if (number !== undefined) return number;
      throw invalidArgument(call.place, `'number.parse' needs a number as JSON writes it, got ${describe(text)}`);
    };
  },
}));

function numberIn(text: string): JsonNumber | undefined {
  try {
    const value = parseExactly(text, DEPTH_MAX);
    return isNumber(value) ? value : undefined;
  } catch (error) {
    if (error instanceof DataFault) return undefined;
    throw error;
  }
}

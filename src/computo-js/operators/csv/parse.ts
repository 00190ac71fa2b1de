import { compileArgument, countSteps, countUnits, textOf } from '../../compile/index.js';
import { arrayShape, scalarShape } from '../../shape/index.js';
import { defineOperator, inBoth, invalidArgument, takesUpTo, value } from '../../syntax/index.js';
import { shorten } from '../../value/index.js';
import { compileOption, OptionProblem, reportOption } from '../option.js';
import { CsvProblem, fieldsOf } from './fields.js';

/** The size of a text itself, and of its slot in the array. */
const UNITS_PER_FIELD = 8;

export const parse = defineOperator('csv.parse', () => ({
  summary:
    'The fields of one line of CSV, as an array of texts. A field in double quotes may hold the separator, ends of lines and, doubled, quotes. The separator is one character, a comma when it is not given.',
  signatures: inBoth(takesUpTo(1, value('text', 'string'), value('separator', 'string'))),
  returns: 'array',
  shape: () => arrayShape(scalarShape('string')),
  growth: 'text',
  work: ['text'],
  frames: 2,
  examples: [
    { script: ['csv.parse', '7,"Miller, Ada",,"5"" pipe"'], result: ['7', 'Miller, Ada', '', '5" pipe'] },
    { script: ['csv.parse', 'a;b', ';'], result: ['a', 'b'] },
  ],
  compile(call, compiler) {
    const given = compileArgument(call, 0, compiler);
    const separatorGiven =
      call.arguments[1] === undefined ? () => ',' : compileOption(call, 1, compiler, readSeparator);
    return (run, scope) => {
      const text = textOf(given(run, scope), call, 0);
      const separator = separatorGiven(run, scope);
      countSteps(run, text.length, call.place);
      countUnits(run, text.length, call.place);
      try {
        return fieldsOf(text, separator, () => countUnits(run, UNITS_PER_FIELD, call.place));
      } catch (error) {
        if (!(error instanceof CsvProblem)) throw error;
        throw invalidArgument(call.place, `'csv.parse' needs a line of CSV: ${error.message}`);
      }
    };
  },
  check: (call, report) => reportOption(call, 1, 'csv-separator', readSeparator, report),
}));

/** @throws OptionProblem */
function readSeparator(text: string): string {
  const [first] = text;
  if (first === text && !'"\r\n'.includes(text)) return text;
  const got = JSON.stringify(shorten(text));
  throw new OptionProblem(`a separator of CSV is one character, no quote and no end of a line, got ${got}`);
}

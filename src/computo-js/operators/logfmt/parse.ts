import { compileArgument, countSteps, countUnits, textOf } from '../../compile/index.js';
import { defineOperator, inBoth, invalidArgument, takes, value } from '../../syntax/index.js';
import { orderedObject } from '../../value/index.js';
import { LogfmtProblem, pairsOf } from './pairs.js';

const UNITS_PER_PAIR = 16;

export const parse = defineOperator('logfmt.parse', () => ({
  summary:
    'The pairs of a line of logfmt, as an object of texts. A key without `=` is true; a value in double quotes may hold blanks and, behind backslashes, what JSON has there. Of a repeated key the last value counts.',
  signatures: inBoth(takes(value('text', 'string'))),
  returns: 'object',
  growth: 'text',
  work: ['text'],
  examples: [
    {
      script: ['logfmt.parse', 'level=info msg="said \\"hi\\"" took=35ms cached'],
      result: { level: 'info', msg: 'said "hi"', took: '35ms', cached: true },
    },
  ],
  compile(call, compiler) {
    const given = compileArgument(call, 0, compiler);
    return (run, scope) => {
      const text = textOf(given(run, scope), call, 0);
      countSteps(run, text.length, call.place);
      countUnits(run, text.length, call.place);
      run.at = call.place;
      try {
        return orderedObject(
          pairsOf(text, () => countUnits(run, UNITS_PER_PAIR, call.place)),
          run,
        );
      } catch (error) {
        if (!(error instanceof LogfmtProblem)) throw error;
        throw invalidArgument(call.place, `'logfmt.parse' needs a line of logfmt: ${error.message}`);
      }
    };
  },
}));

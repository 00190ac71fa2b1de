import { compileArgument, countUnits, textOf } from '../../compile/index.js';
import { arrayShape, scalarShape } from '../../shape/index.js';
import { defineOperator, inBoth, takes, value } from '../../syntax/index.js';
import { UNITS_PER_PIECE } from '../pieces.js';
import { compilePattern, reportPattern } from './pattern.js';
import { eachMatch } from './search.js';

export const findAll = defineOperator('regex.findAll', () => ({
  summary: 'The texts of all matches, which do not overlap, from left to right.',
  signatures: inBoth(takes(value('text', 'string'), value('pattern', 'string'))),
  returns: 'array',
  shape: () => arrayShape(scalarShape('string')),
  growth: 'text',
  work: ['text'],
  frames: 2,
  examples: [{ script: ['regex.findAll', 'a1b22', '\\d+'], result: ['1', '22'] }],
  compile(call, compiler) {
    const textGiven = compileArgument(call, 0, compiler);
    const patternGiven = compilePattern(call, 1, compiler);
    return (run, scope) => {
      const text = textOf(textGiven(run, scope), call, 0);
      const found: string[] = [];
      eachMatch(patternGiven(run, scope), text, false, call, run, (match) => {
        countUnits(run, UNITS_PER_PIECE, call.place);
        found.push(text.slice(match.start(), match.end()));
      });
      return found;
    };
  },
  check: (call, report) => reportPattern(call, 1, report),
}));

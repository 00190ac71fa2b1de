import { compileArgument, countUnits, textOf } from '../../compile/index.js';
import { arrayShape, scalarShape } from '../../shape/index.js';
import { defineOperator, inBoth, takes, value } from '../../syntax/index.js';
import { spendText } from '../../value/index.js';
import { findOf } from './find.js';
import { UNITS_PER_PIECE } from '../pieces.js';
import { notEmpty, reportEmpty } from './part.js';

export const split = defineOperator('text.split', () => ({
  summary:
    'The parts of the text between the places where a separator stands. A separator at an end leaves an empty part.',
  signatures: inBoth(takes(value('text', 'string'), value('separator', 'string'))),
  returns: 'array',
  shape: () => arrayShape(scalarShape('string')),
  growth: 'text',
  work: ['text'],
  examples: [{ script: ['text.split', 'a,b,', ','], result: ['a', 'b', ''] }],
  compile(call, compiler) {
    const textGiven = compileArgument(call, 0, compiler);
    const separatorGiven = compileArgument(call, 1, compiler);
    return (run, scope) => {
      const text = textOf(textGiven(run, scope), call, 0);
      const separator = notEmpty(textOf(separatorGiven(run, scope), call, 1), call, 1);
      run.at = call.place;
      spendText(run, text.length + separator.length);
      const find = findOf(separator);
      const pieces: string[] = [];
      let from = 0;
      for (let at = find(text, 0); at !== -1; at = find(text, from)) {
        countUnits(run, UNITS_PER_PIECE, call.place);
        pieces.push(text.slice(from, at));
        from = at + separator.length;
      }
      pieces.push(text.slice(from));
      return pieces;
    };
  },
  check: (call, report) => reportEmpty(call, 1, report),
}));

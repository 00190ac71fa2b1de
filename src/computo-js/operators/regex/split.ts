import { compileArgument, countUnits, textOf } from '../../compile/index.js';
import { arrayShape, scalarShape } from '../../shape/index.js';
import { defineOperator, inBoth, takes, value } from '../../syntax/index.js';
import { UNITS_PER_PIECE } from '../pieces.js';
import { compilePattern, reportPattern } from './pattern.js';
import { eachMatch } from './search.js';

export const split = defineOperator('regex.split', () => ({
  summary:
    'The parts of the text between the matches of a pattern. A match at an end leaves an empty part; an empty match splits only between characters.',
  signatures: inBoth(takes(value('text', 'string'), value('pattern', 'string'))),
  returns: 'array',
  shape: () => arrayShape(scalarShape('string')),
  growth: 'text',
  work: ['text'],
  frames: 2,
  examples: [{ script: ['regex.split', 'a, b;c', '[,;] *'], result: ['a', 'b', 'c'] }],
  compile(call, compiler) {
    const textGiven = compileArgument(call, 0, compiler);
    const patternGiven = compilePattern(call, 1, compiler);
    return (run, scope) => {
      const text = textOf(textGiven(run, scope), call, 0);
      const pieces: string[] = [];
      let from = 0;
      eachMatch(patternGiven(run, scope), text, false, call, run, (match) => {
        const start = match.start();
        const end = match.end();
        if (start === end && (start === from || start === text.length)) return;
        countUnits(run, UNITS_PER_PIECE, call.place);
        pieces.push(text.slice(from, start));
        from = end;
      });
      pieces.push(text.slice(from));
      return pieces;
    };
  },
  check: (call, report) => reportPattern(call, 1, report),
}));

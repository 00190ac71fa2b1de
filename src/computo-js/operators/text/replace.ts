import { compileArgument, countSteps, countUnits, textOf } from '../../compile/index.js';
import { defineOperator, inBoth, takes, value } from '../../syntax/index.js';
import { spendText } from '../../value/index.js';
import { findOf } from './find.js';
import { notEmpty, reportEmpty } from './part.js';

/** The cost of finding and joining one more piece. */
const STEPS_PER_PLACE = 2;

export const replace = defineOperator('text.replace', () => ({
  summary: 'The text with another in all places where a part stands. Both are taken literally.',
  signatures: inBoth(takes(value('text', 'string'), value('part', 'string'), value('by', 'string'))),
  returns: 'string',
  work: ['text'],
  examples: [{ script: ['text.replace', 'a/b/c', '/', '.'], result: 'a.b.c' }],
  compile(call, compiler) {
    const textGiven = compileArgument(call, 0, compiler);
    const partGiven = compileArgument(call, 1, compiler);
    const byGiven = compileArgument(call, 2, compiler);
    return (run, scope) => {
      const text = textOf(textGiven(run, scope), call, 0);
      const part = notEmpty(textOf(partGiven(run, scope), call, 1), call, 1);
      const by = textOf(byGiven(run, scope), call, 2);
      run.at = call.place;
      spendText(run, text.length + part.length);
      const find = findOf(part);
      let at = find(text, 0);
      if (at === -1) return text;
      countUnits(run, text.length, call.place);
      const pieces: string[] = [];
      let from = 0;
      for (; at !== -1; at = find(text, from)) {
        countSteps(run, STEPS_PER_PLACE, call.place);
        countUnits(run, by.length, call.place);
        pieces.push(text.slice(from, at));
        from = at + part.length;
      }
      pieces.push(text.slice(from));
      return pieces.join(by);
    };
  },
  check: (call, report) => reportEmpty(call, 1, report),
}));

import { compileArgument, countUnits, textOf } from '../../compile/index.js';
import { defineOperator, inBoth, takes, value, type Call } from '../../syntax/index.js';
import { spendText } from '../../value/index.js';
import { readOrFail, reportOption } from '../option.js';
import { UNITS_PER_PIECE } from '../pieces.js';
import { compilePattern, patternWritten, reportPattern, type Pattern } from './pattern.js';
import { readReplacement, type Replacement } from './replacement.js';
import { eachMatch } from './search.js';

export const replace = defineOperator('regex.replace', () => ({
  summary:
    'The text with another in place of each match. In it `$1` and `${name}` stand for a group, `$0` for the whole match and `$$` for a dollar sign.',
  signatures: inBoth(takes(value('text', 'string'), value('pattern', 'string'), value('by', 'string'))),
  returns: 'string',
  work: ['text'],
  frames: 2,
  examples: [
    { script: ['regex.replace', '2026-01-02', '(\\d+)-(\\d+)-(\\d+)', '$3.$2.$1'], result: '02.01.2026' },
    { script: ['regex.replace', 'k=v', '(?<k>\\w)=(?<v>\\w)', '${v}=${k}'], result: 'v=k' },
  ],
  compile(call, compiler) {
    const textGiven = compileArgument(call, 0, compiler);
    const patternGiven = compilePattern(call, 1, compiler);
    const byGiven = compileArgument(call, 2, compiler);
    const replacementOf = remembered(call);
    return (run, scope) => {
      const text = textOf(textGiven(run, scope), call, 0);
      const pattern = patternGiven(run, scope);
      const by = textOf(byGiven(run, scope), call, 2);
      run.at = call.place;
      spendText(run, by.length);
      const replacement = replacementOf(by, pattern);
      const pieces: string[] = [];
      const add = (piece: string): void => {
        countUnits(run, UNITS_PER_PIECE + piece.length, call.place);
        pieces.push(piece);
      };
      let from = 0;
      const withGroups = replacement.some((part) => typeof part === 'number' && part > 0);
      eachMatch(pattern, text, withGroups, call, run, (match) => {
        add(text.slice(from, match.start()));
        for (const part of replacement) add(typeof part === 'string' ? part : (match.group(part) ?? ''));
        from = match.end();
      });
      if (pieces.length === 0) return text;
      add(text.slice(from));
      return pieces.join('');
    };
  },
  check(call, report) {
    reportPattern(call, 1, report);
    const pattern = patternWritten(call, 1);
    if (pattern !== undefined) reportOption(call, 2, 'unknown-group', (by) => readReplacement(by, pattern), report);
  },
}));

/** Caches the last replacement: reads it again only if the text or the pattern changes. */
function remembered(call: Call): (by: string, pattern: Pattern) => Replacement {
  let last: { readonly by: string; readonly pattern: Pattern; readonly replacement: Replacement } | undefined;
  return (by, pattern) => {
    if (last?.by !== by || last.pattern !== pattern) {
      last = { by, pattern, replacement: readOrFail(call, by, (text) => readReplacement(text, pattern), 2) };
    }
    return last.replacement;
  };
}

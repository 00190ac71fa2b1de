import { compileArgument, textOf } from '../../compile/index.js';
import { defineOperator, inBoth, takes, value, type Example, type OperatorEntry } from '../../syntax/index.js';
import { spendText } from '../../value/index.js';
import { findOf, isWhole } from './find.js';

export const startsWith = question(
  'text.startsWith',
  'Whether the text starts with a part.',
  (text, part) => text.startsWith(part) && isWhole(text, 0, part.length),
  [{ script: ['text.startsWith', '/api/users', '/api'], result: true }],
);

export const endsWith = question(
  'text.endsWith',
  'Whether the text ends with a part.',
  (text, part) => text.endsWith(part) && isWhole(text, text.length - part.length, text.length),
  [{ script: ['text.endsWith', 'a.json', '.json'], result: true }],
);

export const contains = question(
  'text.contains',
  'Whether a part stands anywhere in the text.',
  (text, part) => part === '' || findOf(part)(text, 0) !== -1,
  [{ script: ['text.contains', 'hello', 'ell'], result: true }],
);

function question(
  name: string,
  summary: string,
  holds: (text: string, part: string) => boolean,
  examples: readonly Example[],
): OperatorEntry {
  return defineOperator(name, () => ({
    summary,
    signatures: inBoth(takes(value('text', 'string'), value('part', 'string'))),
    returns: 'boolean',
    work: ['text'],
    examples,
    compile(call, compiler) {
      const textGiven = compileArgument(call, 0, compiler);
      const partGiven = compileArgument(call, 1, compiler);
      return (run, scope) => {
        const text = textOf(textGiven(run, scope), call, 0);
        const part = textOf(partGiven(run, scope), call, 1);
        run.at = call.place;
        spendText(run, text.length + part.length);
        return holds(text, part);
      };
    },
  }));
}

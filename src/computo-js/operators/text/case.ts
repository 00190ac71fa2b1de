import { compileArgument, countUnits, textOf } from '../../compile/index.js';
import { defineOperator, inBoth, takes, value, type Example, type OperatorEntry } from '../../syntax/index.js';
import { spendText } from '../../value/index.js';

export const lower = inCase('text.lower', 'lower', (text) => text.toLowerCase(), [
  { script: ['text.lower', 'Ada@X.org'], result: 'ada@x.org' },
]);

export const upper = inCase('text.upper', 'upper', (text) => text.toUpperCase(), [
  { script: ['text.upper', 'straße'], result: 'STRASSE' },
]);

function inCase(
  name: string,
  noun: string,
  change: (text: string) => string,
  examples: readonly Example[],
): OperatorEntry {
  return defineOperator(name, () => ({
    summary: `The text in ${noun} case, by Unicode's rules for any language.`,
    signatures: inBoth(takes(value('text', 'string'))),
    returns: 'string',
    growth: 'text',
    work: ['text'],
    examples,
    compile(call, compiler) {
      const textGiven = compileArgument(call, 0, compiler);
      return (run, scope) => {
        const text = textOf(textGiven(run, scope), call, 0);
        run.at = call.place;
        spendText(run, text.length);
        const changed = change(text);
        countUnits(run, changed.length, call.place);
        return changed;
      };
    },
  }));
}

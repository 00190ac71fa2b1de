import {
  arrayOf,
  compileArgument,
  compileArguments,
  countElements,
  countSteps,
  countUnits,
  textOf,
} from '../compile/index.js';
import { array, defineOperator, inBoth, takes, takesAtLeast, value } from '../syntax/index.js';
import { reportContainer } from './literal-operands.js';
import { plainText } from './plain-text.js';

/** Joining two texts creates a third that refers to both. */
const UNITS_PER_JOINT = 8;

export const strConcat = defineOperator('strConcat', () => ({
  summary:
    'One string of all values: strings as they are, everything else as compact JSON with sorted keys. In classic, null adds nothing.',
  signatures: inBoth(takesAtLeast(1, value('value'))),
  returns: 'string',
  growth: 'text',
  written: 'text',
  work: ['elements', 'members', 'text', 'digits'],
  examples: [
    { script: ['strConcat', 'n=', 1.5, ' ', true], result: 'n=1.5 true' },
    { script: ['strConcat', { b: [1], a: 'x' }], result: '{"a":"x","b":[1]}' },
    { dialect: 'current', script: ['strConcat', null], result: 'null' },
    { dialect: 'classic', script: ['strConcat', 'a', null], result: 'a' },
  ],
  check: reportContainer,
  compile(call, compiler) {
    const parts = compileArguments(call, compiler);
    const skipsNull = call.dialect === 'classic';
    compiler.cost.units += UNITS_PER_JOINT * parts.length;
    return (run, scope) => {
      let text = '';
      for (let index = 0; index < parts.length; index++) {
        const given = parts[index]?.(run, scope) ?? null;
        if (given === null && skipsNull) continue;
        const added = typeof given === 'string' ? given : plainText(given, call, run);
        // Joining shares both texts, so its cost is the length of the shorter one.
        if (text !== '') countUnits(run, Math.min(added.length, text.length), call.place);
        text += added;
      }
      return text;
    };
  },
}));

export const join = defineOperator('join', () => ({
  summary: 'One string of all elements with a delimiter between them. Elements become text as in `strConcat`.',
  signatures: { current: takes(array(), value('delimiter', 'string')) },
  returns: 'string',
  growth: 'joined',
  work: ['elements', 'members', 'text', 'digits'],
  examples: [{ script: ['join', { array: ['a', 1, null] }, '-'], result: 'a-1-null' }],
  compile(call, compiler) {
    const arrayGiven = compileArgument(call, 0, compiler);
    const delimiterGiven = compileArgument(call, 1, compiler);
    return (run, scope) => {
      const given = arrayGiven(run, scope);
      const delimiter = textOf(delimiterGiven(run, scope), call, 1);
      const items = arrayOf(given, call, 0);
      countSteps(run, items.length, call.place);
      countElements(run, items.length, call.place);
      countUnits(run, delimiter.length * Math.max(0, items.length - 1), call.place);
      const texts = items.map((item) => {
        const text = plainText(item, call, run);
        countUnits(run, text.length, call.place);
        return text;
      });
      return texts.join(delimiter);
    };
  },
}));

import { compileArgument } from '../../compile/index.js';
import { defineOperator, inBoth, takesUpTo, value } from '../../syntax/index.js';
import {
  describe,
  entriesOf,
  isArray,
  isObject,
  orderedObject,
  rebuilt,
  spendSteps,
  spendUnits,
  type Effort,
  type Json,
} from '../../value/index.js';
import { compileOption, OptionProblem, reportOption } from '../option.js';

const UNITS_PER_ELEMENT = 2;

export const compact = defineOperator('value.compact', () => ({
  summary:
    'An object or an array without its nulls; with `"deep"` without those inside it too. What becomes empty stays, and a value of another kind is given as it is.',
  signatures: inBoth(takesUpTo(1, value('value'), value('"deep"', 'string'))),
  growth: 'first',
  work: ['elements', 'members'],
  frames: 2,
  examples: [
    { script: ['value.compact', { a: null, b: 0, c: { d: null } }], result: { b: 0, c: { d: null } } },
    { script: ['value.compact', { a: null, b: 0, c: { d: null } }, 'deep'], result: { b: 0, c: {} } },
  ],
  compile(call, compiler) {
    const given = compileArgument(call, 0, compiler);
    if (call.arguments.length === 1) {
      return (run, scope) => {
        const value = given(run, scope);
        run.at = call.place;
        return withoutNulls(value, run);
      };
    }
    const flag = compileOption(call, 1, compiler, readFlag);
    return (run, scope) => {
      const value = given(run, scope);
      flag(run, scope);
      run.at = call.place;
      return rebuilt(value, (part) => part ?? undefined, run) ?? null;
    };
  },
  check: (call, report) => reportOption(call, 1, 'compact-option', readFlag, report),
}));

function readFlag(text: string): true {
  if (text === 'deep') return true;
  throw new OptionProblem(`'value.compact' takes only the option "deep", got ${describe(text)}`);
}

function withoutNulls(value: Json, effort: Effort): Json {
  if (isArray(value)) {
    spendSteps(effort, value.length);
    spendUnits(effort, UNITS_PER_ELEMENT * value.length);
    return value.filter((item) => item !== null);
  }
  if (!isObject(value)) return value;
  return orderedObject(
    entriesOf(value, effort).filter(([, member]) => member !== null),
    effort,
  );
}

import { arrayOf, compileArgument, countSteps, countUnits } from '../compile/index.js';
import { sameElements } from '../shape/index.js';
import { array, defineOperator, takes } from '../syntax/index.js';
import { distinctKey, type Json } from '../value/index.js';

/** The size of a set entry, and of the slot in the result. */
const UNITS_PER_KNOWN = 10;
const STEPS_PER_KNOWN = 2;

export const unique = defineOperator('unique', () => ({
  summary: 'The elements without those that equal an earlier one, by the rules of `==`.',
  signatures: { current: takes(array()) },
  returns: 'array',
  shape: sameElements,
  growth: 'first',
  work: ['elements', 'members', 'text', 'digits'],
  examples: [{ script: ['unique', { array: [3, 1, 3, '1', 1.0] }], result: [3, 1, '1'] }],
  compile(call, compiler) {
    const array = compileArgument(call, 0, compiler);
    return (run, scope) => {
      const items = arrayOf(array(run, scope), call, 0);
      countUnits(run, UNITS_PER_KNOWN * items.length, call.place);
      countSteps(run, STEPS_PER_KNOWN * items.length, call.place);
      run.at = call.place;
      const seen = new Set<string | number>();
      const kept: Json[] = [];
      for (const item of items) {
        const key = distinctKey(item, run);
        if (seen.has(key)) continue;
        seen.add(key);
        kept.push(item);
      }
      return kept;
    };
  },
}));

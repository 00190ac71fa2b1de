import { arrayOf, compileArgument, countUnits } from '../compile/index.js';
import { array, defineOperator, takes } from '../syntax/index.js';
import { distinctKey, type Json } from '../value/index.js';

export const unique = defineOperator({
  name: 'unique',
  summary: 'The elements without those that equal an earlier one, by the rules of `==`.',
  signatures: { current: takes(array()) },
  returns: 'array',
  growth: 'first',
  examples: [{ script: ['unique', { array: [3, 1, 3, '1', 1.0] }], result: [3, 1, '1'] }],
  compile(call, compiler) {
    const array = compileArgument(call, 0, compiler);
    return (run, scope) => {
      const items = arrayOf(array(run, scope), call, 0);
      countUnits(run, items.length, call.place);
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
});

import { arrayOf, compileArgument, countElements } from '../compile/index.js';
import { array, defineOperator, invalidArgument, takes } from '../syntax/index.js';
import { describe, isArray, orderedObject } from '../value/index.js';

export const objFromPairs = defineOperator('objFromPairs', () => ({
  summary: 'An object from an array of `[key, value]` arrays.',
  signatures: { current: takes(array('pairs')) },
  returns: 'object',
  growth: 'first',
  work: ['elements', 'text'],
  examples: [{ script: ['objFromPairs', ['zip', { array: ['a', 'b'] }, { array: [1, 2] }]], result: { a: 1, b: 2 } }],
  compile(call, compiler) {
    const array = compileArgument(call, 0, compiler);
    return (run, scope) => {
      const pairs = arrayOf(array(run, scope), call, 0);
      countElements(run, pairs.length, call.place);
      run.at = call.place;
      return orderedObject(
        pairs.map((pair) => {
          const [key, value] = isArray(pair) && pair.length === 2 ? pair : [];
          if (typeof key === 'string' && value !== undefined) return [key, value];
          throw invalidArgument(
            call.place,
            `'objFromPairs' needs [key, value] arrays with a string as key, got ${describe(pair)}`,
          );
        }),
        run,
      );
    };
  },
}));

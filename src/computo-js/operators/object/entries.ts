import { compileArgument, countUnits, objectOf, UNITS_PER_PAIR } from '../../compile/index.js';
import { ANY, arrayShape, memberOf, scalarShape, tupleShape } from '../../shape/index.js';
import { defineOperator, inBoth, takes, value } from '../../syntax/index.js';
import { entriesOf } from '../../value/index.js';

export const entries = defineOperator('object.entries', () => ({
  summary: 'The array of `[key, value]` arrays of an object, in the order in which its members were written.',
  signatures: inBoth(takes(value('object', 'object'))),
  returns: 'array',
  shape: ([object = ANY]) => arrayShape(tupleShape([scalarShape('string'), memberOf(object)])),
  growth: 'first',
  work: ['members'],
  examples: [
    {
      script: ['object.entries', { b: 1, a: 2 }],
      result: [
        ['b', 1],
        ['a', 2],
      ],
    },
  ],
  compile(call, compiler) {
    const given = compileArgument(call, 0, compiler);
    return (run, scope) => {
      const object = objectOf(given(run, scope), call, 0);
      run.at = call.place;
      const pairs = entriesOf(object, run);
      countUnits(run, UNITS_PER_PAIR * pairs.length, call.place);
      return pairs;
    };
  },
}));

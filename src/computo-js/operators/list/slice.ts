import { arrayOf, compileArgument, countElements } from '../../compile/index.js';
import { sameElements } from '../../shape/index.js';
import { array, defineOperator, inBoth, number, takesUpTo } from '../../syntax/index.js';
import { compileInteger } from '../integer-argument.js';

export const slice = defineOperator('list.slice', () => ({
  summary:
    'The elements from one index up to, but without, another, or the end. Indices are integers; negative ones count from the end, and those beyond an end mean that end.',
  signatures: inBoth(takesUpTo(1, array(), number('from'), number('to'))),
  returns: 'array',
  shape: sameElements,
  growth: 'first',
  work: ['elements'],
  frames: 2,
  examples: [
    { script: ['list.slice', { array: [1, 2, 3, 4] }, 1, 3], result: [2, 3] },
    { script: ['list.slice', { array: [1, 2, 3, 4] }, -2], result: [3, 4] },
  ],
  compile(call, compiler) {
    const array = compileArgument(call, 0, compiler);
    const fromGiven = compileInteger(call, 1, compiler);
    const toGiven = call.arguments.length > 2 ? compileInteger(call, 2, compiler) : undefined;
    return (run, scope) => {
      const items = arrayOf(array(run, scope), call, 0);
      const from = fromGiven(run, scope);
      const to = toGiven?.(run, scope) ?? items.length;
      const [start, end] = [placeOf(from, items.length), placeOf(to, items.length)];
      countElements(run, Math.max(0, end - start), call.place);
      return items.slice(start, end);
    };
  },
}));

/** Converts an index to one counted from the start, and clamps it to the ends. */
function placeOf(index: number, length: number): number {
  return Math.min(length, Math.max(0, index < 0 ? length + index : index));
}

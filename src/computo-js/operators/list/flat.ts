import { arrayOf, compileArgument, countElements, countSteps } from '../../compile/index.js';
import { ANY, arrayShape, elementOf, type Shape } from '../../shape/index.js';
import { array, defineOperator, inBoth, takes } from '../../syntax/index.js';
import { isArray, type Json } from '../../value/index.js';

export const flat = defineOperator('list.flat', () => ({
  summary: 'The elements of the arrays in an array, one level deep. An element that is no array stays as it is.',
  signatures: inBoth(takes(array())),
  returns: 'array',
  shape: ([items = ANY]) => arrayShape(elementsIn(elementOf(items))),
  growth: 'first',
  work: ['elements'],
  examples: [{ script: ['list.flat', ['$input']], inputs: [[[1, [2]], 3, []]], result: [1, [2], 3] }],
  compile(call, compiler) {
    const array = compileArgument(call, 0, compiler);
    return (run, scope) => {
      const items = arrayOf(array(run, scope), call, 0);
      countSteps(run, items.length, call.place);
      const all: Json[] = [];
      for (const item of items) {
        countElements(run, isArray(item) ? item.length : 1, call.place);
        if (isArray(item)) for (const inner of item) all.push(inner);
        else all.push(item);
      }
      return all;
    };
  },
}));

/** The shape that an element contributes: that of its own elements if it is an array. */
function elementsIn(element: Shape): Shape {
  const { any, scalars, object, array: inner } = element;
  if (any || (inner !== undefined && (scalars.size > 0 || object !== undefined))) return ANY;
  return inner === undefined ? element : inner.element;
}

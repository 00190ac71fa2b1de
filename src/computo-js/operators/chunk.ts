import { arrayOf, compileArgument, countElements, countUnits } from '../compile/index.js';
import { ANY, arrayShape, elementOf } from '../shape/index.js';
import { array, defineOperator, invalidArgument, number, takes } from '../syntax/index.js';
import { describe, integerOf, isNumber, unlimited, type Effort, type Json } from '../value/index.js';
import { withinIntegerLimit } from './number-results.js';

/** The size of an array itself, and of its slot in the array around it. */
const UNITS_PER_CHUNK = 12;

export const chunk = defineOperator('chunk', () => ({
  summary: 'The array cut into arrays of a size, a positive integer. The last one may be shorter.',
  signatures: { classic: takes(array(), number('size')) },
  returns: 'array',
  shape: ([items = ANY]) => arrayShape(arrayShape(elementOf(items))),
  growth: 'first',
  work: ['elements', 'digits'],
  examples: [{ script: ['chunk', { array: [1, 2, 3] }, 2], result: [[1, 2], [3]] }],
  compile(call, compiler) {
    const arrayGiven = compileArgument(call, 0, compiler);
    const sizeGiven = compileArgument(call, 1, compiler);
    return (run, scope) => {
      const given = arrayGiven(run, scope);
      const sizeValue = sizeGiven(run, scope);
      const items = arrayOf(given, call, 0);
      run.at = call.place;
      const size = withinIntegerLimit(call, () => positiveInteger(sizeValue, run));
      if (size === undefined) {
        throw invalidArgument(call.place, `'chunk' needs a positive integer as its size, got ${describe(sizeValue)}`);
      }
      countElements(run, items.length, call.place);
      countUnits(run, UNITS_PER_CHUNK * Math.ceil(items.length / size), call.place);
      const chunks: Json[][] = [];
      for (let start = 0; start < items.length; start += size) chunks.push(items.slice(start, start + size));
      return chunks;
    };
  },
  check(call, report) {
    const size = call.arguments[1];
    if (size?.type !== 'constant' || !isNumber(size.value)) return;
    if (withinIntegerLimit(call, () => positiveInteger(size.value, unlimited())) !== undefined) return;
    report({
      code: 'chunk-size',
      place: size.place,
      message: `'chunk' needs a positive integer as its size, got ${describe(size.value)}`,
    });
  },
}));

function positiveInteger(value: Json, effort: Effort): number | undefined {
  const integer = isNumber(value) ? integerOf(value, effort) : undefined;
  return integer !== undefined && integer > 0n ? Number(integer) : undefined;
}

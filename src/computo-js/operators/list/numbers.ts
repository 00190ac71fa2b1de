import { arrayOf, compileArgument, countSteps, type Run } from '../../compile/index.js';
import {
  array,
  defineOperator,
  inBoth,
  invalidArgument,
  takes,
  type Call,
  type Example,
  type OperatorEntry,
} from '../../syntax/index.js';
import { add, compareNumbers, describe, divide, isNumber, type Json, type JsonNumber } from '../../value/index.js';
import { reportEmpty } from '../list.js';
import { calculate } from '../number-results.js';

/** An operator over the numbers in an array. */
interface Definition {
  readonly name: string;
  readonly summary: string;
  readonly examples: readonly Example[];
  /** The result for an empty array; an error if absent. */
  readonly ofNone?: number;
  /** Combines the result so far with the next number. */
  readonly combine: (a: JsonNumber, b: JsonNumber, call: Call, run: Run) => JsonNumber;
  /** Converts the result at the end; if absent, the result stays as it is. */
  readonly finish?: (result: JsonNumber, count: number, call: Call, run: Run) => JsonNumber;
}

function overNumbers({ name, summary, examples, ofNone, combine, finish }: Definition): OperatorEntry {
  return defineOperator(name, () => ({
    summary,
    signatures: inBoth(takes(array('numbers'))),
    returns: 'number',
    work: ['elements', 'digits'],
    examples,
    compile(call, compiler) {
      const given = compileArgument(call, 0, compiler);
      return (run, scope) => {
        const items = arrayOf(given(run, scope), call, 0);
        countSteps(run, items.length, call.place);
        if (items.length === 0) {
          if (ofNone !== undefined) return ofNone;
          throw invalidArgument(call.place, `'${name}' of an empty array`);
        }
        let result = numberAt(items, 0, call);
        for (let index = 1; index < items.length; index++) {
          result = combine(result, numberAt(items, index, call), call, run);
        }
        return finish === undefined ? result : finish(result, items.length, call, run);
      };
    },
    check(call, report) {
      if (ofNone === undefined) reportEmpty(call, report);
    },
  }));
}

function numberAt(items: readonly Json[], index: number, { operator, place }: Call): JsonNumber {
  const item = items[index] ?? null;
  if (isNumber(item)) return item;
  throw invalidArgument(place, `'${operator.name}' needs an array of numbers, got ${describe(item)} at index ${index}`);
}

function sumOf(a: JsonNumber, b: JsonNumber, call: Call, run: Run): JsonNumber {
  return calculate(add, a, b, call, run);
}

export const sum = overNumbers({
  name: 'list.sum',
  summary: 'The sum of the numbers in an array, from left to right as `+` adds them; 0 for an empty array.',
  examples: [
    { script: ['list.sum', { array: [1, 2, 3.5] }], result: 6.5 },
    { script: ['list.sum', { array: [] }], result: 0 },
  ],
  ofNone: 0,
  combine: sumOf,
});

export const min = overNumbers({
  name: 'list.min',
  summary: 'The least number in an array, which must not be empty.',
  examples: [{ script: ['list.min', { array: [3, 1, 2] }], result: 1 }],
  combine: (a, b, call, run) => (comparedIn(call, run, b, a) < 0 ? b : a),
});

export const max = overNumbers({
  name: 'list.max',
  summary: 'The greatest number in an array, which must not be empty.',
  examples: [{ script: ['list.max', { array: [3, 1, 2] }], result: 3 }],
  combine: (a, b, call, run) => (comparedIn(call, run, b, a) > 0 ? b : a),
});

export const mean = overNumbers({
  name: 'list.mean',
  summary: 'The sum of the numbers in an array, which must not be empty, divided by their number.',
  examples: [{ script: ['list.mean', { array: [1, 2, 6] }], result: 3 }],
  combine: sumOf,
  finish: (total, count, call, run) => calculate(divide, total, count, call, run),
});

function comparedIn(call: Call, run: Run, a: JsonNumber, b: JsonNumber): number {
  run.at = call.place;
  return compareNumbers(a, b, run);
}

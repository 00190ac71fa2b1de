import { arrayOf, compileArgument, compileArguments, countElements } from '../compile/index.js';
import { ANY, arrayShape, elementOf, join, joinAll, sameElements } from '../shape/index.js';
import {
  array,
  defineOperator,
  inBoth,
  invalidArgument,
  takes,
  takesAtLeast,
  value,
  type Call,
  type Report,
} from '../syntax/index.js';
import { isArray, type Json } from '../value/index.js';

export const car = defineOperator('car', () => ({
  summary: 'The first element of an array, which must not be empty.',
  signatures: inBoth(takes(array())),
  shape: ([items = ANY]) => items.array?.tuple?.[0] ?? elementOf(items),
  growth: 'first',
  work: [],
  examples: [{ script: ['car', { array: [1, 2] }], result: 1 }],
  compile(call, compiler) {
    const array = compileArgument(call, 0, compiler);
    return (run, scope) => {
      const first = arrayOf(array(run, scope), call, 0)[0];
      if (first === undefined) throw invalidArgument(call.place, `'car' of an empty array`);
      return first;
    };
  },
  check: reportEmpty,
}));

export const cdr = defineOperator('cdr', () => ({
  summary: 'All elements but the first. Of an empty array it is empty in classic, and an error in current.',
  signatures: inBoth(takes(array())),
  returns: 'array',
  shape: sameElements,
  growth: 'first',
  work: ['elements'],
  examples: [{ script: ['cdr', { array: [1, 2, 3] }], result: [2, 3] }],
  compile(call, compiler) {
    const array = compileArgument(call, 0, compiler);
    return (run, scope) => {
      const items = arrayOf(array(run, scope), call, 0);
      if (items.length === 0 && call.dialect === 'current') {
        throw invalidArgument(call.place, `'cdr' of an empty array`);
      }
      countElements(run, items.length, call.place);
      return items.slice(1);
    };
  },
  check(call, report) {
    if (call.dialect === 'current') reportEmpty(call, report);
  },
}));

export const cons = defineOperator('cons', () => ({
  summary: 'An array with one more element in front.',
  signatures: inBoth(takes(value('item'), array())),
  returns: 'array',
  shape: ([item = ANY, items = ANY]) => arrayShape(join(item, elementOf(items))),
  growth: 'sum',
  work: ['elements'],
  examples: [{ script: ['cons', 1, { array: [2, 3] }], result: [1, 2, 3] }],
  compile(call, compiler) {
    const itemOf = compileArgument(call, 0, compiler);
    const array = compileArgument(call, 1, compiler);
    return (run, scope) => {
      const item = itemOf(run, scope);
      const items = arrayOf(array(run, scope), call, 1);
      countElements(run, items.length + 1, call.place);
      return [item, ...items];
    };
  },
}));

export const append = defineOperator('append', () => ({
  summary: 'One array of the elements of all arrays.',
  signatures: inBoth(takesAtLeast(1, array())),
  returns: 'array',
  shape: (args) => arrayShape(joinAll(args.map(elementOf))),
  growth: 'sum',
  work: ['elements'],
  examples: [{ script: ['append', { array: [1] }, { array: [] }, { array: [2, 3] }], result: [1, 2, 3] }],
  compile(call, compiler) {
    const parts = compileArguments(call, compiler);
    return (run, scope) => {
      const lists: (readonly Json[])[] = [];
      for (let index = 0; index < parts.length; index++) {
        const items = arrayOf(parts[index]?.(run, scope) ?? null, call, index);
        countElements(run, items.length, call.place);
        lists.push(items);
      }
      return joined(lists);
    };
  },
}));

/** More lists than this are not joined in a single call of `concat`. */
const ARGUMENTS_MAX = 1000;

function joined(lists: readonly (readonly Json[])[]): readonly Json[] {
  const [first = [], ...others] = lists;
  return others.length > ARGUMENTS_MAX ? lists.flat() : first.concat(...others);
}

/** Reports a literal empty array as the argument of an operator that needs an element. */
export function reportEmpty(call: Call, report: Report): void {
  const [argument] = call.arguments;
  if (argument?.type !== 'constant' || !isArray(argument.value) || argument.value.length > 0) return;
  report({
    code: 'empty-array',
    place: argument.place,
    message: `'${call.operator.name}' of an empty array always fails`,
  });
}

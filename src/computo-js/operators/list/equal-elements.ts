import {
  arrayOf,
  compileArgument,
  countSteps,
  countUnits,
  type Compiler,
  type Evaluate,
  type Run,
} from '../../compile/index.js';
import { sameElements, scalarShape } from '../../shape/index.js';
import { array, defineOperator, inBoth, takes, value, type Call } from '../../syntax/index.js';
import { distinctKey, equal, spendSteps, type Effort, type Json } from '../../value/index.js';

export const has = defineOperator('list.has', () => ({
  summary: 'Whether an array has an element that equals a value, by the rules of `==`.',
  signatures: inBoth(takes(array(), value('value'))),
  returns: 'boolean',
  work: ['elements', 'members', 'text', 'digits'],
  examples: [
    { script: ['list.has', { array: ['a', 'b'] }, 'b'], result: true },
    { script: ['list.has', { array: [1, 2] }, '1'], result: false },
  ],
  compile: (call, compiler) => searched(call, compiler, (index) => index !== -1),
}));

export const indexOf = defineOperator('list.indexOf', () => ({
  summary: 'The index of the first element that equals a value, by the rules of `==`; null when there is none.',
  signatures: inBoth(takes(array(), value('value'))),
  shape: () => scalarShape('number', 'null'),
  growth: 'text',
  work: ['elements', 'members', 'text', 'digits'],
  examples: [
    { script: ['list.indexOf', { array: ['a', 'b'] }, 'b'], result: 1 },
    { script: ['list.indexOf', { array: ['a', 'b'] }, 'c'], result: null },
  ],
  compile: (call, compiler) => searched(call, compiler, (index) => (index === -1 ? null : index)),
}));

export const without = defineOperator('list.without', () => ({
  summary: 'The elements of an array that equal no element of another, by the rules of `==`. Repeated ones stay.',
  signatures: inBoth(takes(array('left'), array('right'))),
  returns: 'array',
  shape: sameElements,
  growth: 'first',
  work: ['elements', 'members', 'text', 'digits'],
  examples: [{ script: ['list.without', { array: [1, 2, 1, 3, 3] }, { array: [1] }], result: [2, 3, 3] }],
  compile: (call, compiler) => compared(call, compiler, (items, others) => items.filter(({ key }) => !others.has(key))),
}));

export const common = defineOperator('list.common', () => ({
  summary:
    'The elements of an array that equal an element of another, by the rules of `==`, each value once, in the order of the first array.',
  signatures: inBoth(takes(array('left'), array('right'))),
  returns: 'array',
  shape: sameElements,
  growth: 'first',
  work: ['elements', 'members', 'text', 'digits'],
  examples: [{ script: ['list.common', { array: [3, 1, 2, 3] }, { array: [2, 3] }], result: [3, 2] }],
  compile: (call, compiler) =>
    // Deletes the key that was found, so that each value is found only once.
    compared(call, compiler, (items, others) => items.filter(({ key }) => others.delete(key))),
}));

/** Compiles a search for the first element that equals a value. `answer` gets its index, or −1 if there is none. */
function searched(call: Call, compiler: Compiler, answer: (index: number) => Json): Evaluate {
  const arrayGiven = compileArgument(call, 0, compiler);
  const valueGiven = compileArgument(call, 1, compiler);
  return (run, scope) => {
    const given = arrayGiven(run, scope);
    const value = valueGiven(run, scope);
    const items = arrayOf(given, call, 0);
    run.at = call.place;
    return answer(indexIn(items, value, run));
  };
}

function indexIn(items: readonly Json[], value: Json, effort: Effort): number {
  for (let index = 0; index < items.length; index++) {
    spendSteps(effort, 1);
    if (equal(items[index] ?? null, value, effort)) return index;
  }
  return -1;
}

/** An element with the key that it shares with equal elements. */
interface Keyed {
  readonly item: Json;
  readonly key: string | number;
}

/** The size of a set entry and of an element with its key. */
const UNITS_PER_KEYED = 12;
const STEPS_PER_KEYED = 2;

/** Compiles a comparison of two arrays that keeps some elements of the first. */
function compared(
  call: Call,
  compiler: Compiler,
  keep: (items: readonly Keyed[], others: Set<string | number>) => readonly Keyed[],
): Evaluate {
  const leftGiven = compileArgument(call, 0, compiler);
  const rightGiven = compileArgument(call, 1, compiler);
  return (run, scope) => {
    const left = leftGiven(run, scope);
    const right = rightGiven(run, scope);
    const items = keyed(arrayOf(left, call, 0), call, run);
    const others = new Set(keyed(arrayOf(right, call, 1), call, run).map(({ key }) => key));
    return keep(items, others).map(({ item }) => item);
  };
}

function keyed(items: readonly Json[], { place }: Call, run: Run): Keyed[] {
  countUnits(run, UNITS_PER_KEYED * items.length, place);
  countSteps(run, STEPS_PER_KEYED * items.length, place);
  run.at = place;
  return items.map((item) => ({ item, key: distinctKey(item, run) }));
}

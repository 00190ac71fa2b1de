import {
  arrayOf,
  compileArgument,
  compileLambdaArgument,
  countElements,
  countUnits,
  enter,
  leave,
  scopeOfOne,
} from '../../compile/index.js';
import { ANY, arrayShape, elementOf, objectShape } from '../../shape/index.js';
import { array, defineOperator, inBoth, lambda, takes } from '../../syntax/index.js';
import { distinctKey, type Json } from '../../value/index.js';

/** The size of an object with two members, an array, and a map entry. */
const UNITS_PER_GROUP = 40;

export const group = defineOperator('list.group', () => ({
  summary:
    'Elements that share a key, which a lambda makes of each: an array of `{key, items}`, in the order in which the keys were first met. Keys are the same by the rules of `==`.',
  signatures: inBoth(takes(array(), lambda(1))),
  returns: 'array',
  shape([items = ANY], { arguments: [, lambda] }, infer) {
    const element = elementOf(items);
    const members = new Map([
      ['key', { shape: infer.applied(lambda, [element]), optional: false }],
      ['items', { shape: arrayShape(element), optional: false }],
    ]);
    return arrayShape(objectShape(members, false, infer.origin));
  },
  growth: 'remade',
  work: ['calls', 'elements', 'members', 'text', 'digits'],
  examples: [
    {
      script: ['list.group', { array: [1, 5, 2] }, ['lambda', ['n'], ['>', ['$', '/n'], 3]]],
      result: [
        { key: false, items: [1, 2] },
        { key: true, items: [5] },
      ],
    },
  ],
  compile(call, compiler) {
    const array = compileArgument(call, 0, compiler);
    const lambda = compileLambdaArgument(call, 1, compiler);
    const { place } = call;
    return (run, scope) => {
      const items = arrayOf(array(run, scope), call, 0);
      const callable = lambda.find(run, scope, items.length);
      enter(run, callable, items.length, lambda);
      countElements(run, items.length, place);
      const frame = scopeOfOne(callable, scope);
      const { body } = callable;
      const groups = new Map<string | number, { readonly key: Json; readonly items: Json[] }>();
      for (let index = 0; index < items.length; index++) {
        const item = items[index] ?? null;
        frame.value = item;
        const key = body(run, frame);
        run.at = place;
        const distinct = distinctKey(key, run);
        const known = groups.get(distinct);
        if (known !== undefined) {
          known.items.push(item);
          continue;
        }
        countUnits(run, UNITS_PER_GROUP, place);
        groups.set(distinct, { key, items: [item] });
      }
      leave(run, lambda);
      return [...groups.values()];
    };
  },
}));

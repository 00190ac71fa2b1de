import { compileArgument, textOf } from '../../compile/index.js';
import { defineOperator, inBoth, takes, value } from '../../syntax/index.js';
import {
  insideOf,
  partAt,
  spendSteps,
  spendText,
  spendUnits,
  type Effort,
  type Inside,
  type Json,
} from '../../value/index.js';

const UNITS_PER_FOUND = 2;

export const findAll = defineOperator('value.findAll', () => ({
  summary:
    'The values of all members with a key, at any depth, in the order of the document: what is inside one that was found comes after it.',
  signatures: inBoth(takes(value('value'), value('key', 'string'))),
  returns: 'array',
  work: ['elements', 'members', 'text'],
  examples: [
    {
      script: ['value.findAll', { id: 1, items: [{ id: 2 }, { x: { id: 3 } }] }, 'id'],
      result: [1, 2, 3],
    },
    { script: ['value.findAll', { a: { a: 1 } }, 'a'], result: [{ a: 1 }, 1] },
  ],
  compile(call, compiler) {
    const given = compileArgument(call, 0, compiler);
    const keyGiven = compileArgument(call, 1, compiler);
    return (run, scope) => {
      const root = given(run, scope);
      const key = textOf(keyGiven(run, scope), call, 1);
      run.at = call.place;
      return valuesOf(root, key, run);
    };
  },
}));

/** Takes no stack, whatever the nesting. */
function valuesOf(root: Json, key: string, effort: Effort): Json[] {
  spendText(effort, key.length);
  const found: Json[] = [];
  const opened: Inside[] = [];
  const open = (value: Json): void => {
    const inside = insideOf(value, effort);
    if (inside !== undefined) opened.push(inside);
  };
  open(root);
  for (let top = opened.at(-1); top !== undefined; top = opened.at(-1)) {
    const index = top.next;
    if (index === top.length) {
      opened.pop();
      continue;
    }
    top.next += 1;
    spendSteps(effort, 1);
    const part = partAt(top, index);
    if (top.keys?.[index] === key) {
      spendUnits(effort, UNITS_PER_FOUND);
      found.push(part);
    }
    open(part);
  }
  return found;
}

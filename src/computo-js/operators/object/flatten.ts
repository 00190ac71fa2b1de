import { compileArgument, countUnits, objectOf, textOf, type Run } from '../../compile/index.js';
import { defineOperator, inBoth, takesUpTo, value, type Call } from '../../syntax/index.js';
import { insideOf, isArray, partAt, spendSteps, type Inside, type Json, type JsonObject } from '../../value/index.js';
import { objectOfDistinct } from './distinct-keys.js';

export const flatten = defineOperator('object.flatten', () => ({
  summary:
    'The members of nested objects as one object: the keys that lead to each are joined by a separator, `"."` when none is given. Arrays and empty objects stay; two keys that come out equal are an error.',
  signatures: inBoth(takesUpTo(1, value('object', 'object'), value('separator', 'string'))),
  returns: 'object',
  work: ['members', 'text'],
  examples: [
    { script: ['object.flatten', { a: 1, b: { c: 2, d: { e: [3] } } }], result: { a: 1, 'b.c': 2, 'b.d.e': [3] } },
    { script: ['object.flatten', { a: { b: 1 } }, '_'], result: { a_b: 1 } },
  ],
  compile(call, compiler) {
    const given = compileArgument(call, 0, compiler);
    const separatorGiven = call.arguments.length > 1 ? compileArgument(call, 1, compiler) : undefined;
    return (run, scope) => {
      const value = given(run, scope);
      const separator = separatorGiven === undefined ? '.' : textOf(separatorGiven(run, scope), call, 1);
      const object = objectOf(value, call, 0);
      run.at = call.place;
      return objectOfDistinct(leavesOf(object, separator, call, run), call, run);
    };
  },
}));

/** An object that is being flattened, and the prefix of its keys. */
interface Level {
  readonly inside: Inside;
  readonly prefix: string;
}

/** Takes no stack, whatever the nesting. */
function leavesOf(root: JsonObject, separator: string, call: Call, run: Run): [string, Json][] {
  const leaves: [string, Json][] = [];
  const opened: Level[] = [];
  /** @returns whether the value has members to flatten */
  const open = (value: Json, prefix: string): boolean => {
    const inside = isArray(value) ? undefined : insideOf(value, run);
    if (inside === undefined || inside.length === 0) return false;
    opened.push({ inside, prefix });
    return true;
  };
  open(root, '');
  for (let top = opened.at(-1); top !== undefined; top = opened.at(-1)) {
    const { inside, prefix } = top;
    const index = inside.next;
    if (index === inside.length) {
      opened.pop();
      continue;
    }
    inside.next += 1;
    spendSteps(run, 1);
    const key = prefix + (inside.keys?.[index] ?? '');
    const part = partAt(inside, index);
    if (open(part, key + separator)) continue;
    countUnits(run, key.length, call.place);
    leaves.push([key, part]);
  }
  return leaves;
}

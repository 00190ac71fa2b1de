import { compileArguments, objectOf } from '../../compile/index.js';
import { ANY, combinedShape, type Shape } from '../../shape/index.js';
import { defineOperator, inBoth, takesAtLeast, value } from '../../syntax/index.js';
import {
  isObject,
  keysOf,
  orderedObject,
  spendMembers,
  spendText,
  type Effort,
  type Json,
  type JsonObject,
} from '../../value/index.js';

export const merge = defineOperator('value.merge', () => ({
  summary:
    'One object of all objects, those inside them merged in turn. Of anything else under the same key the last one counts, arrays as a whole.',
  signatures: inBoth(takesAtLeast(2, value('object', 'object'))),
  returns: 'object',
  shape: (args) => args.reduce((all, next) => combinedShape(all, next, mergedShape)),
  growth: 'sum',
  work: ['members', 'text'],
  examples: [
    { script: ['value.merge', { a: { x: 1, y: 1 } }, { a: { y: 2 }, b: 3 }], result: { a: { x: 1, y: 2 }, b: 3 } },
    { script: ['value.merge', { a: [1, 2] }, { a: [3] }], result: { a: [3] } },
  ],
  compile(call, compiler) {
    const parts = compileArguments(call, compiler);
    return (run, scope) => {
      let merged: JsonObject = {};
      for (let index = 0; index < parts.length; index++) {
        const given = objectOf(parts[index]?.(run, scope) ?? null, call, index);
        run.at = call.place;
        merged = index === 0 ? given : mergeTwo(merged, given, run);
      }
      return merged;
    };
  },
}));

/** The progress of merging two objects, key by key. */
interface Merging {
  readonly left: JsonObject;
  readonly right: JsonObject;
  readonly keys: readonly string[];
  readonly entries: [string, Json][];
}

/** Takes no stack, whatever the nesting. */
function mergeTwo(a: JsonObject, b: JsonObject, effort: Effort): JsonObject {
  const around: Merging[] = [];
  for (let top = mergingOf(a, b, effort); ;) {
    const inner = nextInside(top, effort);
    if (inner !== undefined) {
      around.push(top);
      top = inner;
      continue;
    }
    const merged = orderedObject(top.entries, effort);
    const outer = around.pop();
    if (outer === undefined) return merged;
    outer.entries.push([outer.keys[outer.entries.length] ?? '', merged]);
    top = outer;
  }
}

function mergingOf(left: JsonObject, right: JsonObject, effort: Effort): Merging {
  const added = keysOf(right, effort).filter((key) => !Object.hasOwn(left, key));
  return { left, right, keys: [...keysOf(left, effort), ...added], entries: [] };
}

/** Advances to the next key whose two values are to be merged; undefined if there is none. */
function nextInside({ left, right, keys, entries }: Merging, effort: Effort): Merging | undefined {
  while (entries.length < keys.length) {
    const key = keys[entries.length] ?? '';
    spendMembers(effort, 1);
    spendText(effort, key.length);
    const before = Object.hasOwn(left, key) ? left[key] : undefined;
    const after = Object.hasOwn(right, key) ? right[key] : undefined;
    if (before !== undefined && after !== undefined && isObject(before) && isObject(after) && before !== after) {
      return mergingOf(before, after, effort);
    }
    entries.push([key, (after === undefined ? before : after) ?? null]);
  }
  return undefined;
}

/** The shape of two values with the same key. */
function mergedShape(left: Shape, right: Shape): Shape {
  const [isLeftObject, isRightObject] = [left, right].map(({ any, object }) => any || object !== undefined);
  // If one of them can't be an object, the last one counts.
  if (isLeftObject === false || isRightObject === false) return right;
  return isOnlyObject(left) && isOnlyObject(right) ? combinedShape(left, right, mergedShape) : ANY;
}

function isOnlyObject({ any, scalars, array, object }: Shape): boolean {
  return !any && scalars.size === 0 && array === undefined && object !== undefined;
}

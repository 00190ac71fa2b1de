import { compileArgument, compileArguments, countElements, objectOf } from '../compile/index.js';
import { arrayShape, combinedShape, scalarShape } from '../shape/index.js';
import { defineOperator, takes, takesAtLeast, value } from '../syntax/index.js';
import { entriesOf, orderedObject, sortedKeys, spendMembers, type Json } from '../value/index.js';

export const keys = defineOperator('keys', () => ({
  summary: 'The keys of an object, in byte order.',
  signatures: { current: takes(value('object', 'object')) },
  returns: 'array',
  shape: () => arrayShape(scalarShape('string')),
  growth: 'first',
  work: ['members', 'text'],
  examples: [{ script: ['keys', { b: 1, a: 2 }], result: ['a', 'b'] }],
  compile(call, compiler) {
    const given = compileArgument(call, 0, compiler);
    return (run, scope) => {
      run.at = call.place;
      const sorted = sortedKeys(objectOf(given(run, scope), call, 0), run);
      countElements(run, sorted.length, call.place);
      return sorted;
    };
  },
}));

export const values = defineOperator('values', () => ({
  summary: 'The values of an object, in the byte order of their keys.',
  signatures: { current: takes(value('object', 'object')) },
  returns: 'array',
  growth: 'first',
  work: ['members', 'text'],
  examples: [{ script: ['values', { b: 1, a: 2 }], result: [2, 1] }],
  compile(call, compiler) {
    const given = compileArgument(call, 0, compiler);
    return (run, scope) => {
      const object = objectOf(given(run, scope), call, 0);
      run.at = call.place;
      const sorted = sortedKeys(object, run);
      spendMembers(run, sorted.length);
      countElements(run, sorted.length, call.place);
      return sorted.map((key) => object[key] ?? null);
    };
  },
}));

export const merge = defineOperator('merge', () => ({
  summary: 'One object with the members of all objects. Of those with the same key the last one counts.',
  signatures: { current: takesAtLeast(1, value('object', 'object')) },
  returns: 'object',
  shape: (args) => args.reduce((all, next) => combinedShape(all, next)),
  growth: 'sum',
  work: ['members', 'text'],
  examples: [{ script: ['merge', { a: 1, b: 1 }, { b: 2 }], result: { a: 1, b: 2 } }],
  compile(call, compiler) {
    const parts = compileArguments(call, compiler);
    return (run, scope) => {
      const entries: [string, Json][] = [];
      for (let index = 0; index < parts.length; index++) {
        const given = objectOf(parts[index]?.(run, scope) ?? null, call, index);
        run.at = call.place;
        for (const entry of entriesOf(given, run)) entries.push(entry);
      }
      run.at = call.place;
      return orderedObject(entries, run);
    };
  },
}));

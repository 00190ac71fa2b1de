import { arrayOf, compileArgument, countUnits, objectOf, type Compiler, type Evaluate } from '../compile/index.js';
import { array, defineOperator, invalidArgument, takes, value, type Call } from '../syntax/index.js';
import { describe, entriesOf, orderedObject, type Json, type JsonObject } from '../value/index.js';

const SIGNATURES = { current: takes(value('object', 'object'), array('keys')) };

export const pick = defineOperator({
  name: 'pick',
  summary: 'An object with only those members whose keys are listed, in the order of the list.',
  signatures: SIGNATURES,
  returns: 'object',
  growth: 'first',
  examples: [{ script: ['pick', { a: 1, b: 2 }, { array: ['a', 'z'] }], result: { a: 1 } }],
  compile: (call, compiler) =>
    compileSelection(call, compiler, (object, keys) =>
      keys.filter((key) => Object.hasOwn(object, key)).map((key) => [key, object[key] ?? null]),
    ),
});

export const omit = defineOperator({
  name: 'omit',
  summary: 'An object without those members whose keys are listed.',
  signatures: SIGNATURES,
  returns: 'object',
  growth: 'first',
  examples: [{ script: ['omit', { a: 1, b: 2 }, { array: ['a', 'z'] }], result: { b: 2 } }],
  compile: (call, compiler) =>
    compileSelection(call, compiler, (object, keys) => {
      const omitted = new Set(keys);
      return entriesOf(object).filter(([key]) => !omitted.has(key));
    }),
});

type Select = (object: JsonObject, keys: readonly string[]) => [string, Json][];

function compileSelection(call: Call, compiler: Compiler, select: Select): Evaluate {
  const objectGiven = compileArgument(call, 0, compiler);
  const keysGiven = compileArgument(call, 1, compiler);
  return (run, scope) => {
    const given = objectGiven(run, scope);
    const listed = keysGiven(run, scope);
    const object = objectOf(given, call, 0);
    const keys = arrayOf(listed, call, 1).map((key) => {
      if (typeof key === 'string') return key;
      throw invalidArgument(
        call.place,
        `'${call.operator.name}' needs an array of strings as its keys, got ${describe(key)} in it`,
      );
    });
    countUnits(run, Object.keys(object).length + keys.length, call.place);
    const entries = select(object, keys);
    return orderedObject(entries);
  };
}

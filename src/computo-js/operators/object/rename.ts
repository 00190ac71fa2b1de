import { compileArgument, objectOf, type Run } from '../../compile/index.js';
import { ANY, objectShape, type Field, type Shape } from '../../shape/index.js';
import { defineOperator, inBoth, invalidArgument, takes, value, type Call, type Node } from '../../syntax/index.js';
import {
  describe,
  entriesOf,
  isObject,
  shorten,
  spendText,
  unlimited,
  type Json,
  type JsonObject,
} from '../../value/index.js';
import { objectOfDistinct } from './distinct-keys.js';

export const rename = defineOperator('object.rename', () => ({
  summary:
    'An object with some of its keys renamed, all at once and each in its place, as another object says: `{from: to}`. What is not there is not renamed; two keys that come out equal are an error.',
  signatures: inBoth(takes(value('object', 'object'), value('names', 'object'))),
  returns: 'object',
  shape: ([object = ANY], { arguments: [, names] }) => renamedShape(object, names),
  growth: 'sum',
  work: ['members', 'text'],
  examples: [
    { script: ['object.rename', { a: 1, b: 2 }, { a: 'x', z: 'y' }], result: { x: 1, b: 2 } },
    { script: ['object.rename', { a: 1, b: 2 }, { a: 'b', b: 'a' }], result: { b: 1, a: 2 } },
  ],
  compile(call, compiler) {
    const given = compileArgument(call, 0, compiler);
    const namesGiven = compileArgument(call, 1, compiler);
    return (run, scope) => {
      const value = given(run, scope);
      const names = namesGiven(run, scope);
      const object = objectOf(value, call, 0);
      run.at = call.place;
      const renamed = namesIn(objectOf(names, call, 1), call, run);
      return objectOfDistinct(
        entriesOf(object, run).map(([key, member]) => [renamed.get(key) ?? key, member]),
        call,
        run,
      );
    };
  },
}));

/** The shape after a renaming with literal names. */
function renamedShape({ object }: Shape, names: Node | undefined): Shape {
  if (object === undefined || names?.type !== 'constant' || !isObject(names.value)) return objectShape(new Map(), true);
  const to = new Map(entriesOf(names.value, unlimited()));
  const fields = [...object.fields].map(([key, field]): [string, Field] => {
    const name = to.get(key);
    return [typeof name === 'string' ? name : key, field];
  });
  const renamed = new Map(fields);
  // If two fields have the same name, one of them must be able to be absent.
  return renamed.size < fields.length ? objectShape(new Map(), true) : objectShape(renamed, object.open, object.origin);
}

/** Maps old names to new ones. */
function namesIn(names: JsonObject, call: Call, run: Run): ReadonlyMap<string, string> {
  return new Map(
    entriesOf(names, run).map(([from, to]) => {
      spendText(run, from.length);
      return [from, nameOf(from, to, call)];
    }),
  );
}

function nameOf(from: string, to: Json, { operator, place }: Call): string {
  if (typeof to === 'string') return to;
  const problem = `'${operator.name}' needs a string as the new name of ${JSON.stringify(shorten(from))}`;
  throw invalidArgument(place, `${problem}, got ${describe(to)}`);
}

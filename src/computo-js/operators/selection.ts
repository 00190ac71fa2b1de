import {
  arrayOf,
  compileArgument,
  countElements,
  countSteps,
  objectOf,
  type Compiler,
  type Evaluate,
} from '../compile/index.js';
import type { Hint } from '../hint.js';
import { formatPointer } from '../pointer/index.js';
import { ANY, objectShape, type Field, type Shape } from '../shape/index.js';
import { array, defineOperator, invalidArgument, takes, value, type Call, type Node } from '../syntax/index.js';
import {
  describe,
  entriesOf,
  isArray,
  orderedObject,
  spendMembers,
  spendText,
  stringify,
  type Effort,
  type Json,
  type JsonObject,
} from '../value/index.js';
import { listedKeys, reportPathKeys } from './path-keys.js';

/** In a list of keys, a key with a dot is probably meant as a path. */
const PATH = /^\/[^/]|^[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+$/;

const SIGNATURES = { current: takes(value('object', 'object'), array('keys')) };

export const pick = defineOperator('pick', () => ({
  summary: 'An object with only those members whose keys are listed, in the order of the list.',
  signatures: SIGNATURES,
  returns: 'object',
  shape: ([object = ANY], { arguments: [, keys] }) => selectedShape(object, keys, true),
  growth: 'first',
  work: ['elements', 'text'],
  examples: [{ script: ['pick', { a: 1, b: 2 }, { array: ['a', 'z'] }], result: { a: 1 } }],
  compile: (call, compiler) =>
    compileSelection(call, compiler, (object, keys, effort) => {
      spendMembers(effort, keys.length);
      return keys.filter((key) => Object.hasOwn(object, key)).map((key) => [key, object[key] ?? null]);
    }),
  check: (call, report) => reportPathKeys(call, listedKeys(call.arguments[1]), PATH, pickedPath, report),
}));

export const omit = defineOperator('omit', () => ({
  summary: 'An object without those members whose keys are listed.',
  signatures: SIGNATURES,
  returns: 'object',
  shape: ([object = ANY], { arguments: [, keys] }) => selectedShape(object, keys, false),
  growth: 'first',
  work: ['elements', 'members', 'text'],
  examples: [{ script: ['omit', { a: 1, b: 2 }, { array: ['a', 'z'] }], result: { b: 2 } }],
  compile: (call, compiler) =>
    compileSelection(call, compiler, (object, keys, effort) => {
      const omitted = new Set(keys);
      return entriesOf(object, effort).filter(([key]) => !omitted.has(key));
    }),
  check: (call, report) => reportPathKeys(call, listedKeys(call.arguments[1]), PATH, omittedPath, report),
}));

function pickedPath(path: readonly string[]): Hint {
  if (path.length === 1) return `The key is ${stringify(path[0] ?? '')}.`;
  const pointer = formatPointer(path);
  const last = stringify(path.at(-1) ?? '');
  return (form) =>
    `A part of a part: ${form === 'text' ? `{${pointer}}` : `["obj", ${last}, ["$input", ${stringify(pointer)}]]`}.`;
}

function omittedPath(path: readonly string[]): Hint {
  const pointer = stringify(formatPointer(path));
  const key = path.length === 1 ? `The key is ${stringify(path[0] ?? '')}; ` : 'It takes keys of the object itself; ';
  return (form) =>
    `${key}value.remove takes a path: ${form === 'text' ? `value.remove(…, ${pointer})` : `["value.remove", …, ${pointer}]`}.`;
}

type Select = (object: JsonObject, keys: readonly string[], effort: Effort) => [string, Json][];

function compileSelection(call: Call, compiler: Compiler, select: Select): Evaluate {
  const objectGiven = compileArgument(call, 0, compiler);
  const keysGiven = compileArgument(call, 1, compiler);
  return (run, scope) => {
    const given = objectGiven(run, scope);
    const listed = keysGiven(run, scope);
    const object = objectOf(given, call, 0);
    const list = arrayOf(listed, call, 1);
    run.at = call.place;
    countElements(run, list.length, call.place);
    countSteps(run, list.length, call.place);
    const keys = list.map((key) => {
      if (typeof key === 'string') {
        spendText(run, key.length);
        return key;
      }
      throw invalidArgument(
        call.place,
        `'${call.operator.name}' needs an array of strings as its keys, got ${describe(key)} in it`,
      );
    });
    return orderedObject(select(object, keys, run), run);
  };
}

/** The shape of an object with only the members whose keys the script lists, or without those members. */
function selectedShape({ any, object }: Shape, keys: Node | undefined, keep: boolean): Shape {
  const names = namesIn(keys);
  if (any || object === undefined || names === undefined) return objectShape(new Map(), true);
  const fields = new Map<string, Field>();
  if (keep) {
    for (const name of names) {
      const field = object.fields.get(name) ?? (object.open ? { shape: ANY, optional: true } : undefined);
      if (field !== undefined) fields.set(name, field);
    }
    return objectShape(fields, false, object.origin);
  }
  for (const [name, field] of object.fields) if (!names.includes(name)) fields.set(name, field);
  return objectShape(fields, object.open, object.origin);
}

/** The names in a literal list. */
function namesIn(node: Node | undefined): readonly string[] | undefined {
  const values =
    node?.type === 'constant' ? node.value : node?.type === 'list' ? constantsIn(node.elements) : undefined;
  if (values === undefined || !isArray(values)) return undefined;
  return values.every((name) => typeof name === 'string') ? values : undefined;
}

function constantsIn(nodes: readonly Node[]): readonly Json[] | undefined {
  const values = nodes.flatMap((node) => (node.type === 'constant' ? [node.value] : []));
  return values.length === nodes.length ? values : undefined;
}

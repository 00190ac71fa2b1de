import { compileArgument, type Compiler, type Evaluate } from '../../compile/index.js';
import { arrayIndex } from '../../pointer/index.js';
import type { Call, InputPath, Node } from '../../syntax/index.js';
import { integerOf, isArray, isNumber, isObject, spendText, type Effort, type Json } from '../../value/index.js';
import { withinIntegerLimit } from '../number-results.js';

/** What is read of a value: a member by its name, or an element by its index, a negative one counted from the end. */
export type Key = string | number;

/** What becomes of a call with an argument that is no key. */
type Refuse = (got: Json, index: number) => void;

/**
 * Compiles the arguments after the first as keys. All are evaluated before any is looked at.
 *
 * @returns the keys of a run; undefined where one of them is refused
 */
export function compileKeys(
  call: Call,
  compiler: Compiler,
  refuse: Refuse,
): (...args: Parameters<Evaluate>) => readonly Key[] | undefined {
  const constants = constantKeys(call);
  if (constants !== undefined) return () => constants;
  const parts = call.arguments.slice(1).map((_, index) => compileArgument(call, index + 1, compiler));
  return (run, scope) => {
    const values: Json[] = [];
    for (let index = 0; index < parts.length; index++) values.push(parts[index]?.(run, scope) ?? null);
    run.at = call.place;
    const keys: Key[] = [];
    for (const [index, given] of values.entries()) {
      const key = keyOf(given, call, run);
      if (key === undefined) {
        refuse(given, index + 1);
        return undefined;
      }
      keys.push(key);
    }
    return keys;
  };
}

/** Keys that the script writes out; undefined where it computes one, or has one that is none. */
function constantKeys({ arguments: [, ...keys] }: Call): readonly Key[] | undefined {
  const plain = keys.map((key) => (key.type === 'constant' ? plainKey(key.value) : undefined));
  return plain.every((key) => key !== undefined) ? plain : undefined;
}

function plainKey(value: Json): Key | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'number' && Number.isSafeInteger(value) ? value + 0 : undefined;
}

/** A value as a key; undefined when it is neither text nor an integer. */
export function keyOf(value: Json, call: Call, effort: Effort): Key | undefined {
  if (typeof value === 'string') spendText(effort, value.length);
  const plain = plainKey(value);
  if (plain !== undefined || !isNumber(value)) return plain;
  // Beyond 2^53 it is not an index, but it may be a name.
  const integer = withinIntegerLimit(call, () => integerOf(value, effort));
  return integer === undefined ? undefined : String(integer);
}

/** What a key leads to; undefined when nothing is there. */
export function memberAt(value: Json, key: Key): Json | undefined {
  if (isArray(value)) {
    const index = typeof key === 'string' ? arrayIndex(key) : key < 0 ? value.length + key : key;
    return index === undefined ? undefined : value[index];
  }
  return isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

/** What keys lead to, one after the other. */
export function followKeys(root: Json, keys: readonly Key[]): Json | undefined {
  let value: Json | undefined = root;
  for (let index = 0; index < keys.length && value !== undefined; index++) value = memberAt(value, keys[index] ?? '');
  return value;
}

/**
 * The path that keys add to another. A pointer can't count from the end, and its segment `array` may mean the array itself,
 * so with such keys what is read is a part of the other path.
 */
export function pathByKeys(call: Call, pathOf: (argument: Node | undefined) => InputPath): InputPath {
  const outer = pathOf(call.arguments[0]);
  if (outer === undefined || outer === 'unknown') return outer;
  const keys = constantKeys(call);
  const hasPointer = keys?.every((key) => (typeof key === 'number' ? key >= 0 : key !== 'array')) === true;
  return hasPointer ? [...outer, ...keys.map(String)] : undefined;
}

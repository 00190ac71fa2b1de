import { compileArgument, type Compiler, type Evaluate } from '../../compile/index.js';
import { arrayIndex } from '../../pointer/index.js';
import type { Call, InputPath, Node } from '../../syntax/index.js';
import { integerOf, isArray, isNumber, isObject, spendText, type Effort, type Json } from '../../value/index.js';
import { withinIntegerLimit } from '../number-results.js';

/** A key into a value: the name of a member, or the index of an element, counted from the end if negative. */
export type Key = string | number;

/** Handles an argument that is not a key. */
type Refuse = (got: Json, index: number) => void;

/**
 * Compiles the arguments after the first as keys. All are evaluated before any is checked.
 *
 * @returns the keys of a run; undefined if one of them is invalid
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

/** Returns literal keys; undefined if a key is computed or invalid. */
function constantKeys({ arguments: [, ...keys] }: Call): readonly Key[] | undefined {
  const plain = keys.map((key) => (key.type === 'constant' ? plainKey(key.value) : undefined));
  return plain.every((key) => key !== undefined) ? plain : undefined;
}

function plainKey(value: Json): Key | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'number' && Number.isSafeInteger(value) ? value + 0 : undefined;
}

/** Returns a value as a key; undefined if it is neither text nor an integer. */
export function keyOf(value: Json, call: Call, effort: Effort): Key | undefined {
  if (typeof value === 'string') spendText(effort, value.length);
  const plain = plainKey(value);
  if (plain !== undefined || !isNumber(value)) return plain;
  // An integer beyond ±2^53 is not an index, but may be a name.
  const integer = withinIntegerLimit(call, () => integerOf(value, effort));
  return integer === undefined ? undefined : String(integer);
}

/** Returns what a key leads to; undefined if nothing is there. */
export function memberAt(value: Json, key: Key): Json | undefined {
  if (isArray(value)) {
    const index = typeof key === 'string' ? arrayIndex(key) : key < 0 ? value.length + key : key;
    return index === undefined ? undefined : value[index];
  }
  return isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

/** Follows several keys, one after the other. */
export function followKeys(root: Json, keys: readonly Key[]): Json | undefined {
  let value: Json | undefined = root;
  for (let index = 0; index < keys.length && value !== undefined; index++) value = memberAt(value, keys[index] ?? '');
  return value;
}

/**
 * Returns another path extended by the keys. A pointer can't count from the end, and its segment `array` may mean the array
 * itself, so with such keys the call reads a part of what the other path leads to.
 */
export function pathByKeys(call: Call, pathOf: (argument: Node | undefined) => InputPath): InputPath {
  const outer = pathOf(call.arguments[0]);
  if (outer === undefined || outer === 'unknown') return outer;
  const keys = constantKeys(call);
  const hasPointer = keys?.every((key) => (typeof key === 'number' ? key >= 0 : key !== 'array')) === true;
  return hasPointer ? [...outer, ...keys.map(String)] : undefined;
}

import { wrongKind, type Call } from '../syntax/index.js';
import { isArray, isNumber, isObject, type Json, type JsonNumber, type JsonObject } from '../value/index.js';
import type { Compiler } from './compiler.js';
import type { Evaluate } from './run.js';

/** Returns the closure of the argument with this index, which the signature guarantees. */
export function compileArgument(call: Call, index: number, compiler: Compiler): Evaluate {
  return call.arguments[index] === undefined ? () => null : compiler.compile(index);
}

export function compileArguments(call: Call, compiler: Compiler): Evaluate[] {
  return call.arguments.map((_, index) => compiler.compile(index));
}

/**
 * Returns the list that an array argument stands for; in the current dialect, this may also be an object's member `array`.
 *
 * @throws ComputoError `InvalidArgument` if there is no list
 */
export function arrayOf(value: Json, call: Call, index: number): readonly Json[] {
  if (isArray(value)) return value;
  if (call.dialect === 'current' && isObject(value) && Object.hasOwn(value, 'array')) {
    const list = value['array'];
    if (list !== undefined && isArray(list)) return list;
  }
  throw wrongKind(call, index, 'an array', value);
}

/** @throws ComputoError `InvalidArgument` if the value is not a number */
export function numberOf(value: Json, call: Call, index: number): JsonNumber {
  if (isNumber(value)) return value;
  throw wrongKind(call, index, 'a number', value);
}

/** @throws ComputoError `InvalidArgument` if the value is not an object */
export function objectOf(value: Json, call: Call, index: number): JsonObject {
  if (isObject(value)) return value;
  throw wrongKind(call, index, 'an object', value);
}

/** @throws ComputoError `InvalidArgument` if the value is not a string */
export function textOf(value: Json, call: Call, index: number): string {
  if (typeof value === 'string') return value;
  throw wrongKind(call, index, 'a string', value);
}

/** A raw argument: a constant of the script. */
export function rawArgument(call: Call, index: number): Json | undefined {
  const argument = call.arguments[index];
  return argument?.type === 'constant' ? argument.value : undefined;
}

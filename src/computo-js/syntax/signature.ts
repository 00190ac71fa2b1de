import type { JsonKind } from '../value/index.js';

/** How many arguments a call takes; `max` is null if there is no upper bound. */
export interface Arity {
  readonly min: number;
  readonly max: number | null;
}

/** A parameter of an operator, or of the group that repeats at the end. */
export interface Parameter {
  /** The name in the reference. */
  readonly name: string;
  /** `value`: an expression. `raw`: literal JSON. `lambda`: called by the operator. `ignored`: allowed, but without effect. */
  readonly role: 'value' | 'raw' | 'lambda' | 'ignored';
  /** The only kind of value that is accepted; any kind if absent. */
  readonly kind?: JsonKind;
  /** For a lambda: the number of arguments that it is called with. */
  readonly arguments?: number;
}

/** The arguments that an operator takes in one dialect. */
export interface Signature extends Arity {
  /** The last `repeats` parameters stand for any number of further arguments. */
  readonly parameters: readonly Parameter[];
  readonly repeats: number;
}

/** Returns a parameter that is an expression, of a given kind or of any. */
export function value(name: string, kind?: JsonKind): Parameter {
  return kind === undefined ? { name, role: 'value' } : { name, role: 'value', kind };
}

export const array = (name = 'array'): Parameter => value(name, 'array');
export const number = (name: string): Parameter => value(name, 'number');

/** Returns a parameter that is taken literally, without evaluation. */
export function raw(name: string): Parameter {
  return { name, role: 'raw' };
}

/** Returns a parameter that is a function, which the operator calls with `count` arguments. */
export function lambda(count: number): Parameter {
  return { name: 'lambda', role: 'lambda', arguments: count };
}

/** Takes exactly these parameters. */
export function takes(...parameters: readonly Parameter[]): Signature {
  return { parameters, repeats: 0, min: parameters.length, max: parameters.length };
}

/** Takes these parameters, the last `optional` of which may be omitted. */
export function takesUpTo(optional: number, ...parameters: readonly Parameter[]): Signature {
  return { parameters, repeats: 0, min: parameters.length - optional, max: parameters.length };
}

/** Takes at least `min` arguments. The last parameter stands for all further ones. */
export function takesAtLeast(min: number, ...parameters: readonly Parameter[]): Signature {
  return { parameters, repeats: 1, min, max: null };
}

/** Returns the parameter that an argument belongs to. */
export function parameterAt(signature: Signature, index: number): Parameter | undefined {
  const { parameters, repeats } = signature;
  if (index < parameters.length || repeats === 0) return parameters[index];
  return parameters[parameters.length - repeats + ((index - parameters.length) % repeats)];
}

/** Describes an arity for error messages and the reference: `exactly 2 arguments`, `1 to 3 arguments`. */
export function arityText({ min, max }: Arity): string {
  const noun = (count: number): string => `${count} argument${count === 1 ? '' : 's'}`;
  if (max === null) return min === 0 ? 'any number of arguments' : `at least ${noun(min)}`;
  if (min === max) return min === 0 ? 'no arguments' : `exactly ${noun(min)}`;
  return min === 0 ? `at most ${noun(max)}` : `${min} to ${noun(max)}`;
}

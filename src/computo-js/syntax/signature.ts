import type { JsonKind } from '../value/index.js';

/** How many arguments a call takes; `max` is null where there is no upper bound. */
export interface Arity {
  readonly min: number;
  readonly max: number | null;
}

/** One parameter of an operator, or of the group that repeats at the end. */
export interface Parameter {
  /** As the reference names it. */
  readonly name: string;
  /**
   * `value`: an expression. `raw`: JSON that is taken as it stands. `lambda`: called by the operator. `ignored`: may
   * stand there, and means nothing.
   */
  readonly role: 'value' | 'raw' | 'lambda' | 'ignored';
  /** The one kind of value that is accepted; any when absent. */
  readonly kind?: JsonKind;
  /** For a lambda: the arguments that it is called with. */
  readonly arguments?: number;
}

/** What an operator takes in one dialect. */
export interface Signature extends Arity {
  /** The last `repeats` of them stand for any number of further arguments. */
  readonly parameters: readonly Parameter[];
  readonly repeats: number;
}

/** A parameter that is an expression, of any kind or one. */
export function value(name: string, kind?: JsonKind): Parameter {
  return kind === undefined ? { name, role: 'value' } : { name, role: 'value', kind };
}

export const array = (name = 'array'): Parameter => value(name, 'array');
export const number = (name: string): Parameter => value(name, 'number');

/** A parameter that is taken as it stands, unevaluated. */
export function raw(name: string): Parameter {
  return { name, role: 'raw' };
}

/** A function that the operator calls with `count` arguments. */
export function lambda(count: number): Parameter {
  return { name: 'lambda', role: 'lambda', arguments: count };
}

/** Exactly these. */
export function takes(...parameters: readonly Parameter[]): Signature {
  return { parameters, repeats: 0, min: parameters.length, max: parameters.length };
}

/** These, the last `optional` of which may be left out. */
export function takesUpTo(optional: number, ...parameters: readonly Parameter[]): Signature {
  return { parameters, repeats: 0, min: parameters.length - optional, max: parameters.length };
}

/** At least `min` arguments, of which the last parameter stands for all further ones. */
export function takesAtLeast(min: number, ...parameters: readonly Parameter[]): Signature {
  return { parameters, repeats: 1, min, max: null };
}

/** The parameter that an argument belongs to. */
export function parameterAt(signature: Signature, index: number): Parameter | undefined {
  const { parameters, repeats } = signature;
  if (index < parameters.length || repeats === 0) return parameters[index];
  return parameters[parameters.length - repeats + ((index - parameters.length) % repeats)];
}

/** An arity as an error message and the reference say it: `exactly 2 arguments`, `1 to 3 arguments`. */
export function arityText({ min, max }: Arity): string {
  const noun = (count: number): string => `${count} argument${count === 1 ? '' : 's'}`;
  if (max === null) return min === 0 ? 'any number of arguments' : `at least ${noun(min)}`;
  if (min === max) return min === 0 ? 'no arguments' : `exactly ${noun(min)}`;
  return min === 0 ? `at most ${noun(max)}` : `${min} to ${noun(max)}`;
}

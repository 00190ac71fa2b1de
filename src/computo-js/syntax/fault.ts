import { ComputoError } from '../computo-error.js';
import type { Hint } from '../hint.js';
import { describe, type Json } from '../value/index.js';
import type { Call } from './node.js';
import { pointerTo, type Place } from './place.js';

/** The error of a call whose arguments are not what the operator takes. */
export function invalidArgument(place: Place, problem: string, hint?: Hint): ComputoError {
  return new ComputoError('InvalidArgument', problem, pointerTo(place), hint);
}

/** The error of a run that takes more than a limit which its caller may raise. */
export function overLimit(place: Place, problem: string, limit: 'steps' | 'outputSize'): ComputoError {
  return new ComputoError('LimitExceeded', problem, pointerTo(place), `Raise the limit \`${limit}\`.`, limit);
}

export function limitExceeded(place: Place, problem: string, hint?: Hint): ComputoError {
  return new ComputoError('LimitExceeded', problem, pointerTo(place), hint);
}

/** The error of a call that got the wrong kind of value as its argument number `index`, counted from 0. */
export function wrongKind(call: Call, index: number, expected: string, got: Json): ComputoError {
  const { name } = call.operator;
  const problem = `'${name}' needs ${expected} as argument ${index + 1}, got ${describe(got)}`;
  return invalidArgument(call.place, problem, name === '+' && typeof got === 'string' ? JOIN_HINT : undefined);
}

/** For whoever adds texts. */
export const JOIN_HINT: Hint = (form) =>
  form === 'text' ? 'Texts are joined with ++.' : 'Texts are joined with ["strConcat", …].';

import { ComputoError } from '../computo-error.js';
import type { Hint } from '../hint.js';
import { describe, type Json } from '../value/index.js';
import type { Call } from './node.js';
import { pointerTo, type Place } from './place.js';
import { parameterAt } from './signature.js';

/** Returns the error of a call whose arguments the operator does not accept. */
export function invalidArgument(place: Place, problem: string, hint?: Hint): ComputoError {
  return new ComputoError('InvalidArgument', problem, pointerTo(place), hint);
}

/** Returns the error of a run that exceeds a limit which its caller can raise. */
export function overLimit(place: Place, problem: string, limit: 'steps' | 'outputSize'): ComputoError {
  return new ComputoError('LimitExceeded', problem, pointerTo(place), `Raise the limit \`${limit}\`.`, limit);
}

export function limitExceeded(place: Place, problem: string, hint?: Hint): ComputoError {
  return new ComputoError('LimitExceeded', problem, pointerTo(place), hint);
}

/** Returns the error of a call whose argument `index`, counted from 0, is of the wrong kind. */
export function wrongKind(call: Call, index: number, expected: string, got: Json): ComputoError {
  const { name } = call.operator;
  const problem = `'${name}' needs ${expected} as argument ${index + 1}, got ${describe(got)}`;
  return invalidArgument(call.place, problem, kindHint(call, index, got));
}

/** Returns a hint for an argument of the wrong kind, if there is one. */
function kindHint(call: Call, index: number, got: Json): Hint | undefined {
  const parameter = parameterAt(call.signature, index);
  if (typeof got === 'string' && (parameter?.kind === 'number' || parameter?.name === 'time')) return textHint(call);
  return quotedHint(call, index);
}

/** Returns what to write if a part must be named, but the script reads a field of the event instead. */
export function quotedHint(call: Call, index: number): Hint | undefined {
  const parameter = parameterAt(call.signature, index);
  const argument = call.arguments[index];
  const [given] = argument?.type === 'call' && argument.operator.name === '$input' ? argument.arguments : [];
  const pointer = given?.type === 'constant' && typeof given.value === 'string' ? given.value : undefined;
  if (pointer === undefined) return undefined;
  if (parameter?.name === 'pointer')
    return (form) =>
      `${form === 'text' ? 'A pointer stands in quotes' : 'Write the pointer alone'}: ${JSON.stringify(pointer)}.`;
  if (parameter?.name !== 'keys') return undefined;
  const keys = JSON.stringify([pointer.slice(pointer.lastIndexOf('/') + 1)]);
  return (form) => `Keys are a list of texts: ${form === 'text' ? keys : `{"array": ${keys}}`}.`;
}

const ORDERS = new Set(['>', '<', '>=', '<=']);

/** Returns a hint for a text given instead of a number. */
export function textHint({ operator: { name } }: Call): Hint {
  return (form) => {
    const called = (operator: string): string => (form === 'text' ? `${operator}(…)` : `["${operator}", …]`);
    const toNumber = `${called('number.parse')} makes a number of a text`;
    const toTime = `${called('time.parse')} makes a time of a text`;
    const joined = form === 'text' ? 'Texts are joined with ++' : '["strConcat", …] joins texts';
    if (name === '+') return `${joined}; ${toNumber}.`;
    if (ORDERS.has(name)) return `Only numbers have an order: ${toNumber}, ${toTime}.`;
    return `${name.startsWith('time.') ? toTime : toNumber}.`;
  };
}

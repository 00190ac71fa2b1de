import { ComputoError } from '../computo-error.js';
import type { Hint } from '../hint.js';
import { describe, type Json } from '../value/index.js';
import type { Call } from './node.js';
import { pointerTo, type Place } from './place.js';
import { parameterAt } from './signature.js';

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
  return invalidArgument(call.place, problem, kindHint(call, index, got));
}

/** What to do about an argument of the wrong kind, where that is known. */
function kindHint(call: Call, index: number, got: Json): Hint | undefined {
  const parameter = parameterAt(call.signature, index);
  if (typeof got === 'string' && (parameter?.kind === 'number' || parameter?.name === 'time')) return textHint(call);
  return quotedHint(call, index);
}

/** What to write where a part is to be named, and a field of the event is read in place of its name. */
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

/** For whoever gives a text where a number is wanted. */
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

import { findOperator } from '../operators/index.js';
import { arityText, placeInside, type Dialect, type Place } from '../syntax/index.js';
import { isArray, isObject, type Json } from '../value/index.js';

type Mark = (dialect: Dialect, reason: string, at: Place) => void;

/** Reports anything in a call that only one dialect accepts, except in the calls among its arguments. */
export function markersOfCall(name: string, args: readonly Json[], place: Place, mark: Mark): void {
  const inClassic = findOperator(name, 'classic');
  const inCurrent = findOperator(name, 'current');
  if (inClassic !== undefined && inCurrent === undefined) mark('classic', `the operator '${name}'`, place);
  if (inClassic === undefined && inCurrent !== undefined) mark('current', `the operator '${name}'`, place);

  const [first] = args;
  switch (name) {
    case 'obj':
      markersOfObj(args, place, mark);
      break;
    case 'let':
      if (first !== undefined && isObject(first)) mark('current', "'let' with an object", placeInside(place, 1));
      break;
    case '-':
    case '/':
      if (args.length !== 2)
        mark('current', `'${name}' with ${arityText({ min: args.length, max: args.length })}`, place);
      break;
    case '%':
      if (args.length > 2) mark('current', `'%' with ${arityText({ min: args.length, max: args.length })}`, place);
      break;
    case '$':
      if (typeof first === 'string' && first.indexOf('/', 1) > 0) {
        mark('current', `'$' with a sub-path`, placeInside(place, 1));
      }
      break;
    case '$input':
    case '$inputs':
      if (typeof first === 'string' && first.startsWith('/')) {
        mark('current', `'${name}' with a pointer`, placeInside(place, 1));
      }
      break;
  }

  const { parameters } = inClassic?.signature ?? inCurrent?.signature ?? { parameters: [] };
  const lambdaAt = parameters.findIndex(({ role }) => role === 'lambda');
  const lambda = args[lambdaAt];
  if (lambda !== undefined && isComputed(lambda)) {
    mark('current', 'a computed lambda argument', placeInside(place, lambdaAt + 1));
  }
}

/** Whether an argument could yield a lambda but is neither a literal lambda nor a variable. */
function isComputed(argument: Json): boolean {
  if (isArray(argument)) return argument[0] !== 'lambda' && argument[0] !== '$';
  return isObject(argument) && Object.hasOwn(argument, 'array');
}

function markersOfObj(args: readonly Json[], place: Place, mark: Mark): void {
  const strange = args.findIndex((argument) => !isArray(argument) || argument.length !== 2);
  if (strange >= 0) {
    mark('current', "'obj' with an argument that is no [key, value] pair", placeInside(place, strange + 1));
    return;
  }
  if (args.length % 2 === 1) mark('classic', "'obj' with an odd number of pairs", place);
  for (const [index, pair] of args.entries()) {
    // In the current dialect, every second argument, from the first, is an expression for a key.
    if (index % 2 === 1 || !isArray(pair)) continue;
    const [head] = pair;
    if (typeof head === 'string' && findOperator(head, 'current') !== undefined) continue;
    mark('classic', "'obj' with a [key, value] pair", placeInside(place, index + 1));
  }
}

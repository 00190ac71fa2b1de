import { findOperator, operatorNames } from '../operators/index.js';
import type { Dialect, Fault, Place } from '../syntax/index.js';
import type { Hint } from '../hint.js';
import { nearestName, shorten } from '../value/index.js';

/** What a call of an operator that the dialect doesn't have becomes. */
export function unknownOperator(name: string, place: Place, dialect: Dialect): Fault {
  return {
    type: 'fault',
    kind: 'InvalidOperator',
    code: 'unknown-operator',
    problem: `there is no operator '${shorten(name)}'${name === '' ? '' : ` in the ${dialect} dialect`}`,
    hint: hintFor(name, dialect),
    inside: [],
    place,
  };
}

function hintFor(name: string, dialect: Dialect): Hint {
  const other: Dialect = dialect === 'classic' ? 'current' : 'classic';
  if (findOperator(name, other) !== undefined)
    return `The ${other} dialect has it: set the option 'dialect' to '${other}'.`;
  const nearest = nearestName(name, operatorNames(dialect));
  if (nearest !== undefined) return `Did you mean '${nearest}'?`;
  return (form) =>
    form === 'text'
      ? 'A variable is its name alone, a field of the event /name.'
      : 'An array that starts with a string is a call; write a list of strings as {"array": […]}.';
}

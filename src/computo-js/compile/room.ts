import type { Json } from '../value/index.js';
import type { Compiler } from './compiler.js';

/** The JavaScript engine gives a growing array room for 17 elements at once, so many short ones would take ten times their size. */
const SHORT = 16;

/** The size of a pair: an array of two, and its slot in the array around it. */
export const UNITS_PER_PAIR = 16;

/** How a call allocates the arrays that it yields. */
export interface Room {
  /** Returns an array to fill from its start to exactly `length` elements. */
  readonly exactly: (length: number) => Json[];
  /** Returns a filled array in no more memory than it needs. */
  readonly fitted: (items: Json[]) => Json[];
}

/** Growing arrays are faster, so memory is saved only where there may be many arrays. */
export function roomIn({ isInLambda }: Compiler): Room {
  return isInLambda ? THRIFTY : FAST;
}

const FAST: Room = { exactly: () => [], fitted: (items) => items };
const THRIFTY: Room = {
  exactly: (length) => (length > SHORT ? [] : new Array<Json>(length)),
  fitted: (items) => (items.length > SHORT / 2 || items.length === 0 ? items : items.slice()),
};

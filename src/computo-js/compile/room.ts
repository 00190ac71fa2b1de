import type { Json } from '../value/index.js';
import type { Compiler } from './compiler.js';

/** The engine gives an array that grows room for 17 elements at once: many short ones would take ten times their size. */
const SHORT = 16;

/** What a pair takes: an array of two, and its place in the one around it. */
export const UNITS_PER_PAIR = 16;

/** How a call makes the arrays that it yields. */
export interface Room {
  /** An array that is going to be filled from its start to exactly so many elements. */
  readonly exactly: (length: number) => Json[];
  /** An array that has been filled, in no more memory than it needs. */
  readonly fitted: (items: Json[]) => Json[];
}

/** Growing arrays are faster, so only where there may be many of them their memory is looked after. */
export function roomIn({ isInLambda }: Compiler): Room {
  return isInLambda ? THRIFTY : FAST;
}

const FAST: Room = { exactly: () => [], fitted: (items) => items };
const THRIFTY: Room = {
  exactly: (length) => (length > SHORT ? [] : new Array<Json>(length)),
  fitted: (items) => (items.length > SHORT / 2 || items.length === 0 ? items : items.slice()),
};

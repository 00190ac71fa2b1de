import { countSteps, countUnits, type Run } from '../../compile/index.js';
import type { Call } from '../../syntax/index.js';
import { orderedObject, type JsonObject } from '../../value/index.js';

/** Two texts, and their places in what holds them. */
const UNITS_PER_PARAMETER = 16;

/**
 * The parameters of a query string, decoded as browsers and servers do (`application/x-www-form-urlencoded` of the WHATWG's URL): what
 * is malformed is no error there, but stays as it is. A repeated key has a list of its values.
 *
 * @param query without the question mark
 */
export function membersOf(query: string, run: Run, call: Call): JsonObject {
  countSteps(run, query.length, call.place);
  countUnits(run, query.length, call.place);
  const members = new Map<string, string | string[]>();
  // One question mark in front is passed over there.
  for (const [key, value] of new URLSearchParams(`?${query}`)) {
    countUnits(run, UNITS_PER_PARAMETER, call.place);
    const before = members.get(key);
    if (before === undefined) members.set(key, value);
    else if (typeof before === 'string') members.set(key, [before, value]);
    else before.push(value);
  }
  run.at = call.place;
  return orderedObject([...members], run);
}

import { countSteps, countUnits, type Run } from '../../compile/index.js';
import type { Call } from '../../syntax/index.js';
import { orderedObject, type JsonObject } from '../../value/index.js';

/** The size of two texts, and of their slots in the object. */
const UNITS_PER_PARAMETER = 16;

/**
 * Returns the parameters of a query string, decoded as in browsers and servers (`application/x-www-form-urlencoded` of the WHATWG
 * URL standard): malformed parts are not errors and stay as they are. A repeated key gets a list of its values.
 *
 * @param query without the question mark
 */
export function membersOf(query: string, run: Run, call: Call): JsonObject {
  countSteps(run, query.length, call.place);
  countUnits(run, query.length, call.place);
  const members = new Map<string, string | string[]>();
  // URLSearchParams drops one leading question mark.
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

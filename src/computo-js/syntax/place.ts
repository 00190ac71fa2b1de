import { formatPointer } from '../pointer/index.js';

/** Where an expression stands in the script: a list of keys, innermost first, so that making one costs nothing. */
export interface Place {
  readonly outer: Place | undefined;
  readonly key: string | number;
}

/** The whole script. */
export const ROOT: Place = { outer: undefined, key: '' };

export function placeInside(outer: Place, key: string | number): Place {
  return { outer, key };
}

/** The JSON Pointer into the script; `""` for the whole. */
export function pointerTo(place: Place): string {
  const keys: (string | number)[] = [];
  for (let at = place; at.outer !== undefined; at = at.outer) keys.push(at.key);
  return formatPointer(keys.reverse());
}

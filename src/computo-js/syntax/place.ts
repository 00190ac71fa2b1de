import { formatPointer } from '../pointer/index.js';

/** The position of an expression in the script: a linked list of keys, innermost first, so that creating one costs nothing. */
export interface Place {
  readonly outer: Place | undefined;
  readonly key: string | number;
}

/** The whole script. */
export const ROOT: Place = { outer: undefined, key: '' };

export function placeInside(outer: Place, key: string | number): Place {
  return { outer, key };
}

/** Returns the JSON Pointer into the script; `""` for the whole script. */
export function pointerTo(place: Place): string {
  const keys: (string | number)[] = [];
  for (let at = place; at.outer !== undefined; at = at.outer) keys.push(at.key);
  return formatPointer(keys.reverse());
}

import { limitExceeded, type Place } from '../syntax/index.js';
import type { Evaluate } from './run.js';

/**
 * How many compiled expressions may be at work inside one another.
 *
 * JavaScript's own stack can't be trusted to say when it ends: an overflow inside a built-in surfaces as any error. So
 * every expression has a height, the frames that evaluating it takes, and nothing higher is ever evaluated. A frame of a
 * compiled expression is 80 to 200 bytes before it is optimised, and the stack about 984 KB: a caller may keep 250 KB of it.
 */
export const FRAMES_MAX = 3600;

/** Up to this many `if` and `let` in tail position call one another directly; more of them run in a loop. */
export const DIRECT_LEVELS_MAX = 32;

/** What stands in for an expression that is too high. It fails only when it is reached. */
export function failTooDeep(place: Place): Evaluate {
  return () => {
    throw tooDeep(place);
  };
}

export function tooDeep(place: Place): Error {
  const problem = `calls stand or run inside one another more than ${FRAMES_MAX} levels deep`;
  return limitExceeded(place, problem, 'Nest the script less deeply, or recurse fewer times.');
}

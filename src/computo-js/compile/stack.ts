import { limitExceeded, type Place } from '../syntax/index.js';
import type { Evaluate } from './run.js';

/**
 * How deep evaluations of compiled expressions may be nested.
 *
 * JavaScript does not reliably report the end of its stack: an overflow inside a built-in can surface as any error. So every
 * expression has a height, the number of frames that evaluating it takes, and nothing higher is ever evaluated. A frame of a
 * compiled expression takes 80 to 200 bytes before it is optimized, and the stack has about 984 KB: a caller may keep 250 KB of
 * it.
 */
export const FRAMES_MAX = 3600;

/** Up to this many `if` and `let` in tail position call one another directly; longer chains run in a loop. */
export const DIRECT_LEVELS_MAX = 32;

/** Replaces an expression that is too high. Fails only when a run reaches it. */
export function failTooDeep(place: Place): Evaluate {
  return () => {
    throw tooDeep(place);
  };
}

export function tooDeep(place: Place): Error {
  const problem = `calls stand or run inside one another more than ${FRAMES_MAX} levels deep`;
  return limitExceeded(place, problem, 'Nest the script less deeply, or recurse fewer times.');
}

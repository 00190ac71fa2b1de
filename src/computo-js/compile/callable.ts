import { limitExceeded, type Place } from '../syntax/index.js';
import { countSteps, countUnits, type Evaluate, type Frame, type Run, type Scope } from './run.js';
import { tooDeep } from './stack.js';
import type { Cost } from './visit.js';

/** A compiled lambda. */
export interface Callable {
  readonly parameters: readonly string[];
  readonly body: Evaluate;
  /** What one call of the body costs. */
  readonly cost: Cost;
  /** Stack frames that the body takes; 0 if the height of the enclosing call includes them. */
  readonly height: number;
}

/** Accounts for `times` calls of a lambda's body, one level deeper. Must be paired with {@link leave}. */
export function enter(run: Run, callable: Callable, times: number, { place, frames }: CallSite): void {
  run.depthLeft -= 1;
  if (run.depthLeft < 0) {
    const problem = `lambdas run inside one another more than ${run.limits.depth} levels deep`;
    throw limitExceeded(place, problem, 'Does the recursion end? If so, raise the limit `depth`.');
  }
  run.framesLeft -= frames;
  if (run.framesLeft < callable.height) throw tooDeep(place);
  countCalls(run, callable, times, place);
}

/** Accounts for further calls at the same level. */
export function countCalls(run: Run, callable: Callable, times: number, place: Place): void {
  countSteps(run, times * (1 + callable.cost.steps), place);
  countUnits(run, times * callable.cost.units, place);
}

/** Ends what {@link enter} began. Not needed after an error, which ends the run. */
export function leave(run: Run, { frames }: CallSite): void {
  run.depthLeft += 1;
  run.framesLeft += frames;
}

/** Where a lambda is called. */
export interface CallSite {
  readonly place: Place;
  /** Stack frames taken at the call; 0 for a lambda written there, because its own height counts from the same start. */
  readonly frames: number;
}

/** Returns a scope with the parameter of a lambda, whose value is to be set before each call. */
export function scopeOfOne(callable: Callable, scope: Scope): Frame {
  return { name: callable.parameters[0] ?? '', value: null, next: scope };
}

/** Returns scopes with the two parameters of a lambda. The body sees the inner one, `second`. */
export function scopeOfTwo(callable: Callable, scope: Scope): { readonly first: Frame; readonly second: Frame } {
  const first = { name: callable.parameters[0] ?? '', value: null, next: scope };
  return { first, second: { name: callable.parameters[1] ?? '', value: null, next: first } };
}

import { limitExceeded, type Place } from '../syntax/index.js';
import { countSteps, countUnits, type Evaluate, type Run } from './run.js';

/** A lambda, compiled. */
export interface Callable {
  readonly parameters: readonly string[];
  readonly body: Evaluate;
  /** What one call of the body costs at most: calls of operators, and units that it builds. */
  readonly cost: Cost;
}

/** Filled while an expression is compiled. */
export interface Cost {
  steps: number;
  units: number;
}

/** Accounts for `times` calls of a lambda's body, one level deeper. Pair it with {@link leave}. */
export function enter(run: Run, callable: Callable, times: number, place: Place): void {
  run.depthLeft -= 1;
  if (run.depthLeft < 0) {
    const problem = `lambdas run inside one another more than ${run.limits.depth} levels deep`;
    throw limitExceeded(place, problem, 'Does the recursion end? If so, raise the limit `depth`.');
  }
  countCalls(run, callable, times, place);
}

/** Accounts for further calls at the same level. */
export function countCalls(run: Run, callable: Callable, times: number, place: Place): void {
  countSteps(run, times * (1 + callable.cost.steps), place);
  countUnits(run, times * callable.cost.units, place);
}

export function leave(run: Run): void {
  run.depthLeft += 1;
}

import type { Place } from '../syntax/index.js';
import type { Json } from '../value/index.js';
import { countCalls, enter, leave, type Callable } from './callable.js';
import type { Frame, Run, Scope } from './run.js';

/** What to do with an element once its lambda has answered; false ends the loop. */
export type Visit = (answer: Json, item: Json, index: number) => boolean;

/** Applies a lambda of one parameter to all elements. */
export function mapItems(items: readonly Json[], callable: Callable, run: Run, scope: Scope, place: Place): Json[] {
  const { body } = callable;
  const results: Json[] = [];
  enter(run, callable, items.length, place);
  const frame: Frame = { name: callable.parameters[0] ?? '', value: null, next: scope };
  for (const item of items) {
    frame.value = item;
    results.push(body(run, frame));
  }
  leave(run);
  return results;
}

/** Applies a lambda of one parameter to element after element, as long as `visit` agrees. */
export function visitItems(
  items: readonly Json[],
  callable: Callable,
  run: Run,
  scope: Scope,
  place: Place,
  visit: Visit,
): void {
  const { body } = callable;
  enter(run, callable, 0, place);
  const frame: Frame = { name: callable.parameters[0] ?? '', value: null, next: scope };
  for (const [index, item] of items.entries()) {
    countCalls(run, callable, 1, place);
    frame.value = item;
    if (!visit(body(run, frame), item, index)) break;
  }
  leave(run);
}

/** A lambda of two parameters, ready to be called again and again. */
export function callerOfTwo(callable: Callable, run: Run, scope: Scope): (first: Json, second: Json) => Json {
  const { body, parameters } = callable;
  const outer: Frame = { name: parameters[0] ?? '', value: null, next: scope };
  const inner: Frame = { name: parameters[1] ?? '', value: null, next: outer };
  return (first, second) => {
    outer.value = first;
    inner.value = second;
    return body(run, inner);
  };
}

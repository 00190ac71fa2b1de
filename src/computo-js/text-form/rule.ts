/**
 * A rule of the grammar. It requests another rule by yielding it, so that nesting takes memory, but no stack: texts may be as
 * deep as scripts.
 */
export type GrammarRule<T> = Generator<GrammarRule<unknown>, T, unknown>;

/** Requests a rule, as `yield* ask(rule)`. */
export function* ask<T>(rule: GrammarRule<T>): GrammarRule<T> {
  // `runRule` ensures that the answer is the result of this rule.
  return (yield rule) as T;
}

/** Runs a rule and those that it requests. Errors that they throw are passed on. */
export function runRule<T>(rule: GrammarRule<T>): T {
  const waiting: GrammarRule<unknown>[] = [];
  let running: GrammarRule<unknown> = rule;
  let answer: unknown;
  for (;;) {
    const step = running.next(answer);
    if (step.done !== true) {
      waiting.push(running);
      running = step.value;
      answer = undefined;
      continue;
    }
    const next = waiting.pop();
    if (next === undefined) return step.value as T;
    running = next;
    answer = step.value;
  }
}

/**
 * A rule of the grammar. It asks for another rule by yielding it, so that nesting takes memory and no stack: texts may be as
 * deep as scripts.
 */
export type GrammarRule<T> = Generator<GrammarRule<unknown>, T, unknown>;

/** Asks for a rule, as `yield* ask(rule)`. */
export function* ask<T>(rule: GrammarRule<T>): GrammarRule<T> {
  // What comes back is what this very rule has returned: `runRule` sees to it.
  return (yield rule) as T;
}

/** Runs a rule, and those that it asks for. What they throw comes through. */
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

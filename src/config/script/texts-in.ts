import type { Json } from 'computo-js';

/** All texts of a script. Uses a list of its own, because a script may be nested deeper than the call stack allows. */
export function textsIn(script: Json): ReadonlySet<string> {
  const texts = new Set<string>();
  const left: Json[] = [script];
  for (let part = left.pop(); part !== undefined; part = left.pop()) {
    if (typeof part === 'string') texts.add(part);
    if (typeof part === 'object' && part !== null) for (const inner of Object.values(part)) left.push(inner as Json);
  }
  return texts;
}

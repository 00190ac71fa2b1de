import type { Node } from '../syntax/index.js';
import type { Lexical } from './lexical.js';
import { partsOf, visitRoot, type Visit } from './visit.js';

/** Returns all nodes of a script in the order of the script, each before those inside it. Works at any nesting depth. */
export function walk(root: Node, lexical: Lexical): Visit[] {
  const visits: Visit[] = [];
  const pending: Visit[] = [visitRoot(root, lexical)];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    visits.push(next);
    const parts = partsOf(next);
    next.parts = parts;
    for (let index = parts.length - 1; index >= 0; index--) {
      const part = parts[index];
      if (part !== undefined) pending.push(part);
    }
  }
  return visits;
}

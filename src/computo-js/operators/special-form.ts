import type { Evaluate } from '../compile/index.js';
import type { Call } from '../syntax/index.js';

/** Never called, because `if`, `let` and `lambda` have nodes of their own. */
export function hasOwnNode(call: Call): Evaluate {
  throw new Error(`'${call.operator.name}' is parsed into a node of its own`);
}

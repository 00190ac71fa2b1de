import type { Evaluate } from '../compile/index.js';
import type { Call } from '../syntax/index.js';

/** `if`, `let` and `lambda` have nodes of their own, so no call of them is ever made. */
export function hasOwnNode(call: Call): Evaluate {
  throw new Error(`'${call.operator.name}' is parsed into a node of its own`);
}

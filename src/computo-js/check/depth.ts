import { compileExpression } from '../compile/index.js';
import { parseScript } from '../dialect/index.js';
import { DEFAULT_PERMUTO_OPTIONS } from '../permuto/index.js';
import type { Dialect, Node, Place } from '../syntax/index.js';

/** Returns the expressions in a script that are nested too deep to be evaluated, as found by compiling. */
export function nestedTooDeep(root: Node, dialect: Dialect): readonly Place[] {
  return compileExpression(root, 'root', {
    dialect,
    permuto: DEFAULT_PERMUTO_OPTIONS,
    secrets: new Map(),
    tables: new Map(),
    trace: undefined,
    parse: (script, place) => parseScript(script, dialect, place),
    lambdas: new WeakMap(),
  }).tooHigh;
}

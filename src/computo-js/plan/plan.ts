import type { Node } from '../syntax/index.js';
import type { Json } from '../value/index.js';
import type { FieldReader } from './fields.js';
import { outputOf, type Compute, type OutputProgram } from './output.js';
import { rewrite, Unplannable } from './rewrite.js';
import { survey } from './survey.js';

/**
 * A program as a function of single fields of its first input. It yields what the program yields. If it raises any error, the
 * program must be run on the whole input: that run may succeed, and if not, its error is the right one.
 */
export interface FieldProgram {
  /** Whether the parts read their argument, the second input. */
  readonly needsContext: boolean;
  readonly output: OutputProgram;
  /** The result as a value; undefined if it can't be determined without the whole input. */
  readonly compute: Compute | undefined;
  /** A longer field must not be copied, because the result might exceed the limits. */
  readonly copyBytesMax: number;
}

/** What a plan needs from its program. */
export interface PlanHost {
  /** The lower of the program's limits on steps and units. */
  readonly limit: number;
  /**
   * Compiles an expression as a program of its own.
   *
   * @param share the expression may use 1/`share` of the limits
   */
  compile(node: Node, share: number): (inputs: readonly Json[]) => Json;
}

/** Limits lower than this for each expression are deliberate, and need more exact accounting than a plan offers. */
const LIMIT_PER_NODE_MIN = 1000;
/** @returns undefined if the program's text does not tell what it reads, or a plan would gain nothing */
export function planOf(root: Node, fields: FieldReader, host: PlanHost): FieldProgram | undefined {
  const known = survey(root, host.limit);
  if (known === undefined || host.limit < known.nodes * LIMIT_PER_NODE_MIN) return undefined;
  // The parts run separately. Together they get no more than the whole program would, and the remainder covers the rest.
  const share = known.nodes + 1;
  const compile = (node: Node): Compute => {
    const run = host.compile(node, share);
    return (context) => run([null, context]);
  };
  const output = ifPlannable(() => outputOf(root, fields, compile));
  if (output === undefined) return undefined;
  return {
    needsContext: known.readsContext,
    output,
    compute: ifPlannable(() => compile(rewrite(root, fields))),
    copyBytesMax: Math.floor(host.limit / share),
  };
}

function ifPlannable<T>(make: () => T): T | undefined {
  try {
    return make();
  } catch (error) {
    if (error instanceof Unplannable) return undefined;
    throw error;
  }
}

import type { Node } from '../syntax/index.js';
import type { Json } from '../value/index.js';
import type { FieldReader } from './fields.js';
import { outputOf, type Compute, type OutputProgram } from './output.js';
import { rewrite, Unplannable } from './rewrite.js';
import { survey } from './survey.js';

/**
 * A program as a function of single fields of its first input. What it yields is what the program yields. Where it raises
 * anything, the program must be run on the whole input: that may succeed, and if it does not, its error is the right one.
 */
export interface FieldProgram {
  /** Whether the parts look at their argument, the second input. */
  readonly needsContext: boolean;
  readonly output: OutputProgram;
  /** The result as a value; undefined where it can't be told without the whole input. */
  readonly compute: Compute | undefined;
  /** A field that is longer must not be copied: the result might be larger than the limits allow. */
  readonly copyBytesMax: number;
}

/** What of a program's surroundings its plan needs. */
export interface PlanHost {
  /** The program's limits on steps and units, whichever is lower. */
  readonly limit: number;
  /**
   * Compiles an expression as a program of its own.
   *
   * @param share what part of the limits it may use up: 1 of so many
   */
  compile(node: Node, share: number): (inputs: readonly Json[]) => Json;
}

/** Limits lower than so many for each expression are somebody's intent, and counted more closely than a plan counts. */
const LIMIT_PER_NODE_MIN = 1000;
/** @returns undefined where the program's text does not tell what it reads, or where nothing is gained by knowing */
export function planOf(root: Node, fields: FieldReader, host: PlanHost): FieldProgram | undefined {
  const known = survey(root, host.limit);
  if (known === undefined || host.limit < known.nodes * LIMIT_PER_NODE_MIN) return undefined;
  // The parts run one by one. Together they get no more than the whole would, and what is left covers the rest.
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

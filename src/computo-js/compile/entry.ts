import type { Place } from '../syntax/index.js';
import type { Callable } from './callable.js';
import type { CompileRead, Evaluate } from './run.js';
import type { TailStep } from './tail.js';
import type { Cost } from './visit.js';

/** What is known about a node after compiling it. */
export interface Entry {
  readonly step: TailStep;
  /** The stack frames that evaluating the node takes. */
  readonly height: number;
  readonly cost: Cost;
  /** For a read: compiles it so that it yields undefined if nothing is found. */
  readonly read?: CompileRead | undefined;
  /** For a lambda that is called only where it is written. */
  readonly callable: Callable | undefined;
}

/** Stands in for a missing part. No part is used before it is compiled. */
export const NOTHING: Entry = {
  step: { evaluate: () => null, levels: 0 },
  height: 0,
  cost: { steps: 0, units: 0 },
  callable: undefined,
};

/** A compiled expression. */
export interface Compiled extends Pick<Entry, 'height' | 'cost'> {
  readonly evaluate: Evaluate;
  /** The parts that are nested too deep to be evaluated and fail when a run reaches them. */
  readonly tooHigh: readonly Place[];
  /** The maximum size of the result, in copies of the inputs. */
  readonly copies: number;
}

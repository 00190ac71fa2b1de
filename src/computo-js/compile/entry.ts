import type { Place } from '../syntax/index.js';
import type { Callable } from './callable.js';
import type { CompileRead, Evaluate } from './run.js';
import type { TailStep } from './tail.js';
import type { Cost } from './visit.js';

/** What is known of a node once it is compiled. */
export interface Entry {
  readonly step: TailStep;
  /** The frames that evaluating it takes. */
  readonly height: number;
  readonly cost: Cost;
  /** Of a read: compiles it so that it yields undefined where nothing is there. */
  readonly read?: CompileRead | undefined;
  /** Of a lambda that is called where it stands. */
  readonly callable: Callable | undefined;
}

/** No part is looked at before it is compiled; this is what a missing one would be. */
export const NOTHING: Entry = {
  step: { evaluate: () => null, levels: 0 },
  height: 0,
  cost: { steps: 0, units: 0 },
  callable: undefined,
};

/** An expression, compiled. */
export interface Compiled extends Pick<Entry, 'height' | 'cost'> {
  readonly evaluate: Evaluate;
  /** Expressions in it that are nested too deep to be evaluated, and fail when they are reached. */
  readonly tooHigh: readonly Place[];
  /** How many times the inputs its result is at most. */
  readonly copies: number;
}

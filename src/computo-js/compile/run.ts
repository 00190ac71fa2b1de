import { limitExceeded, type Place } from '../syntax/index.js';
import type { Json } from '../value/index.js';
import type { Limits } from './limits.js';

/** What one run of a program knows and has left. */
export interface Run {
  /** The first input, null when there is none. */
  readonly input: Json;
  readonly inputs: readonly Json[];
  readonly limits: Limits;
  stepsLeft: number;
  depthLeft: number;
  unitsLeft: number;
}

/**
 * One variable and the ones bound before it. Nothing ever captures a scope, because lambdas see the variables of where
 * they are called; so a loop may write each element into the same frame.
 */
export interface Frame {
  readonly name: string;
  value: Json;
  readonly next: Scope;
}

export type Scope = Frame | undefined;

/** A compiled expression. */
export type Evaluate = (run: Run, scope: Scope) => Json;

export function startRun(inputs: readonly Json[], limits: Limits): Run {
  return {
    input: inputs[0] ?? null,
    inputs,
    limits,
    stepsLeft: limits.steps,
    depthLeft: limits.depth,
    unitsLeft: limits.outputSize,
  };
}

/** Accounts for calls that are about to be made. */
export function countSteps(run: Run, steps: number, place: Place): void {
  run.stepsLeft -= steps;
  if (run.stepsLeft < 0) {
    throw limitExceeded(place, `the run takes more than ${run.limits.steps} steps`, 'Raise the limit `steps`.');
  }
}

/** Accounts for elements, members and characters that are about to be built. */
export function countUnits(run: Run, units: number, place: Place): void {
  run.unitsLeft -= units;
  if (run.unitsLeft < 0) {
    const limit = `${run.limits.outputSize} elements, members and characters`;
    throw limitExceeded(place, `the run builds more than ${limit}`, 'Raise the limit `outputSize`.');
  }
}

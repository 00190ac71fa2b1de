import { overLimit, ROOT, type Place } from '../syntax/index.js';
import { EffortExceeded, type Effort, type Json } from '../value/index.js';
import type { Limits } from './limits.js';

/** The state and remaining budget of one run of a program. Deep work on values draws on it as on any {@link Effort}. */
export interface Run extends Effort {
  /** The first input; null if there is none. */
  readonly input: Json;
  readonly inputs: readonly Json[];
  readonly limits: Limits;
  /** Number of evaluations in progress in which a read may find nothing; see `attempt.ts`. */
  attempts: number;
  depthLeft: number;
  /** Stack frames that are left for lambdas that are values; see `stack.ts`. */
  framesLeft: number;
  /** The last call that began deep work, which is reported as the place of a limit exceeded during that work. */
  at: Place;
}

/**
 * A variable and those bound before it. Nothing captures a scope, because lambdas see the variables of their caller, so a loop
 * may write each element into the same frame.
 */
export interface Frame {
  readonly name: string;
  value: Json;
  readonly next: Scope;
}

export type Scope = Frame | undefined;

/** A compiled expression. */
export type Evaluate = (run: Run, scope: Scope) => Json;

/** Like {@link Evaluate}, but yields undefined if nothing is found. */
export type Attempt = (run: Run, scope: Scope) => Json | undefined;

/** Compiles a read as an attempt; undefined if it can only fail. */
export type CompileRead = () => Attempt | undefined;

export function startRun(inputs: readonly Json[], limits: Limits, framesLeft: number): Run {
  return {
    input: inputs[0] ?? null,
    inputs,
    limits,
    stepsLeft: limits.steps,
    unitsLeft: limits.outputSize,
    attempts: 0,
    depthLeft: limits.depth,
    framesLeft,
    at: ROOT,
  };
}

/** Accounts for calls that are about to be made. */
export function countSteps(run: Run, steps: number, place: Place): void {
  run.stepsLeft -= steps;
  if (run.stepsLeft < 0) throw outOfSteps(run, place);
}

/** Accounts for elements, members and characters that are about to be built. */
export function countUnits(run: Run, units: number, place: Place): void {
  run.unitsLeft -= units;
  if (run.unitsLeft < 0) throw outOfUnits(run, place);
}

/** An element takes 8 bytes; a unit stands for 4. */
const UNITS_PER_ELEMENT = 2;
/** A computed element may be a number in memory of its own. */
const UNITS_PER_COMPUTED = 3;

/** Accounts for elements that are about to be copied into a new array. */
export function countElements(run: Run, elements: number, place: Place): void {
  countUnits(run, elements * UNITS_PER_ELEMENT, place);
}

/** Accounts for elements that are about to be computed into a new array. */
export function countComputed(run: Run, elements: number, place: Place): void {
  countUnits(run, elements * UNITS_PER_COMPUTED, place);
}

/** Returns the error for deep work that exceeded the run's budget; any other error unchanged. */
export function limitOf(error: unknown, run: Run): unknown {
  if (!(error instanceof EffortExceeded)) return error;
  return error.resource === 'steps' ? outOfSteps(run, run.at) : outOfUnits(run, run.at);
}

function outOfSteps(run: Run, place: Place): Error {
  return overLimit(place, `the run takes more than ${run.limits.steps} steps`, 'steps');
}

function outOfUnits(run: Run, place: Place): Error {
  const limit = `${run.limits.outputSize} elements, members and characters`;
  return overLimit(place, `the run builds more than ${limit}`, 'outputSize');
}

import type { LookupTable } from '../lookup-table.js';
import type { PermutoOptions } from '../permuto/index.js';
import type { Dialect, Node, Place } from '../syntax/index.js';
import type { Json } from '../value/index.js';
import type { Callable } from './callable.js';
import type { Attempt, Evaluate } from './run.js';
import type { Trace } from './trace.js';
import type { Cost } from './visit.js';

/** What operators use to compile their calls. */
export interface Compiler {
  readonly program: ProgramOptions;
  /** The cost of evaluating the body that contains the call. Add what the call itself builds. */
  readonly cost: Cost;
  /** Whether the call is evaluated once per call of a lambda, where small waste adds up. */
  readonly isInLambda: boolean;
  /** Stack frames taken since the start of the body when the call is evaluated. */
  readonly frames: number;
  /** Returns the closure of an argument, counted from 0. */
  compile(index: number): Evaluate;
  /** Returns the closure of an argument that is a read, which yields undefined if nothing is found. */
  read(index: number): Attempt | undefined;
  /** Returns a closure that reads a variable. */
  variable(name: string): Evaluate;
  /** Returns the lambda that is written as an argument, if any. */
  callable(index: number): Callable | undefined;
}

/** Options of a whole program. */
export interface ProgramOptions {
  readonly dialect: Dialect;
  readonly permuto: PermutoOptions;
  /** By name. */
  readonly secrets: ReadonlyMap<string, string>;
  /** By name. */
  readonly tables: ReadonlyMap<string, LookupTable>;
  readonly trace: Trace | undefined;
  /** Parses an expression that was found in data, because lambdas are values and may come from anywhere. */
  readonly parse: (script: Json, place: Place) => Node;
  /** Lambdas that are already compiled, by the value that represents them. */
  readonly lambdas: WeakMap<object, Callable>;
}

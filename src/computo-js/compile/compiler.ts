import type { LookupTable } from '../lookup-table.js';
import type { PermutoOptions } from '../permuto/index.js';
import type { Dialect, Node, Place } from '../syntax/index.js';
import type { Json } from '../value/index.js';
import type { Callable } from './callable.js';
import type { Attempt, Evaluate } from './run.js';
import type { Trace } from './trace.js';
import type { Cost } from './visit.js';

/** What operators compile their calls with. */
export interface Compiler {
  readonly program: ProgramOptions;
  /** What evaluating the body that the call belongs to costs: add what the call builds by itself. */
  readonly cost: Cost;
  /** Whether it is evaluated once for each call of a lambda: small waste adds up there. */
  readonly isInLambda: boolean;
  /** Stack frames that are taken when the call is evaluated, since its body began. */
  readonly frames: number;
  /** The closure of an argument, counted from 0. */
  compile(index: number): Evaluate;
  /** The same of an argument that is a read, yielding undefined where nothing is there. */
  read(index: number): Attempt | undefined;
  /** The reading of a variable. */
  variable(name: string): Evaluate;
  /** The lambda that an argument writes out, if it does. */
  callable(index: number): Callable | undefined;
}

/** What holds for a whole program. */
export interface ProgramOptions {
  readonly dialect: Dialect;
  readonly permuto: PermutoOptions;
  /** By name. */
  readonly secrets: ReadonlyMap<string, string>;
  /** By name. */
  readonly tables: ReadonlyMap<string, LookupTable>;
  readonly trace: Trace | undefined;
  /** Parses an expression that was found in data: lambdas are values, and values may come from anywhere. */
  readonly parse: (script: Json, place: Place) => Node;
  /** Lambdas that are compiled already, by the value that stands for them. */
  readonly lambdas: WeakMap<object, Callable>;
}

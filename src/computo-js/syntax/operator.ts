import type { Attempt, Compiler, Evaluate } from '../compile/index.js';
import type { Hint } from '../hint.js';
import type { Origin, Shape } from '../shape/index.js';
import type { Json, JsonKind } from '../value/index.js';
import type { Dialect } from './dialect.js';
import { errorsOf } from './errors.js';
import type { Call, Node } from './node.js';
import type { Place } from './place.js';
import type { Arity, Signature } from './signature.js';
import { jsonUsage, textUsage } from './usage.js';

/** A successful call and its result. Run by a test, and shown in the reference. */
export interface Example {
  /** The dialect of the script; both if absent. */
  readonly dialect?: Dialect;
  readonly script: Json;
  readonly inputs?: readonly Json[];
  /** The tables that the script looks up rows in, as rows by key. */
  readonly tables?: Readonly<Record<string, Readonly<Record<string, Json>>>>;
  readonly result: Json;
}

/**
 * How the size of a result depends on the arguments: on an input, a variable, the `first` argument or a part of it, the `sum` of
 * all, their text or that of the first `joined`, what a lambda makes of each element, or of all in turn; or the first argument
 * `remade`, with what a lambda makes of its parts.
 */
export type Growth = 'input' | 'variable' | 'first' | 'sum' | 'text' | 'joined' | 'mapped' | 'reduced' | 'remade';

/**
 * What the work of a call grows with, and is charged for beyond the one step of any call: `calls` of its lambda; `elements` of
 * arrays that it visits or copies; `members` of objects; the characters of `text` and the `digits` of numbers that it compares,
 * reads or prints.
 */
export type Work = 'calls' | 'elements' | 'members' | 'text' | 'digits';

/** Public information about an operator. */
export interface OperatorInfo {
  readonly name: string;
  readonly dialects: readonly Dialect[];
  readonly summary: string;
  /** Whether the reference engine has the operator, too. */
  readonly portable: boolean;
  /** By dialect: `-` takes two arguments in classic, any number in current. */
  readonly arity: Readonly<Partial<Record<Dialect, Arity>>>;
  /** A call with the parameters' names: `["map", array, lambda]`. */
  readonly usage: Readonly<Partial<Record<Dialect, string>>>;
  /**
   * The same call in the text form, which is of the current dialect: `map(array, lambda)`; absent if that dialect does not have
   * the operator.
   */
  readonly textUsage: string | undefined;
  /** The errors that follow from the signature, as `InvalidArgument: …`. The summary gives any others. */
  readonly errors: readonly string[];
  readonly examples: readonly Example[];
}

/** A complete operator: its name, signatures and meaning, and how to compile it. */
export interface Operator extends OperatorInfo {
  /** The kind that every call returns, if known. */
  readonly returns?: JsonKind;
  readonly signatures: Readonly<Partial<Record<Dialect, Signature>>>;
  /** How large the result can get. Unbounded if absent, except that numbers and booleans don't grow. */
  readonly growth?: Growth;
  /**
   * What the work grows with; empty if it takes constant time. The functions that work on values, all of which take the run,
   * charge for it. A test checks every operator against this list.
   */
  readonly work: readonly Work[];
  /** How many arguments are always evaluated; all if absent. */
  readonly certainArguments?: Readonly<Partial<Record<Dialect, number>>>;
  /** Whether a read in an argument may find nothing; never if absent. */
  readonly forgives?: (index: number, count: number) => boolean;
  /** What the arguments' shapes tell about the result beyond its kind. */
  readonly shape?: ShapeRule;
  /** For arguments that are not a plain list of expressions. The number of arguments has already been checked. */
  readonly parse?: (call: RawCall, parser: Parser) => Node;
  readonly compile: (call: Call, compiler: Compiler) => Evaluate;
  /** For a read: compiles the call so that it yields undefined if nothing is found; returns undefined for a read that can only fail. */
  readonly read?: (call: Call, compiler: Compiler) => Attempt | undefined;
  /** What a read reads of the program's inputs, if the program's text tells that. */
  readonly reads?: Reads;
  /**
   * How a result can be written without being built: as an object of alternating keys and values, as the text of all arguments,
   * or as the first argument that exists and is not null.
   */
  readonly written?: 'members' | 'text' | 'first';
  /** Stack frames that a call takes, excluding its arguments; 1 if absent. */
  readonly frames?: number;
  /** Reports problems that can be found without running the script and that the signature does not cover. */
  readonly check?: (call: Call, report: Report, known: Known) => void;
}

/**
 * A path from the array of all inputs, with segments as in a pointer; `unknown` if the program's text does not tell, undefined if
 * the expression itself reads no input.
 */
export type InputPath = readonly string[] | 'unknown' | undefined;

/** What a call reads of the program's inputs, and whether it yields the value or only its presence. */
export interface Reads {
  readonly yields: 'value' | 'presence';
  /** @param pathOf returns the path of an argument */
  readonly path: (call: Call, pathOf: (argument: Node | undefined) => InputPath) => InputPath;
}

/** A call as written in the script. */
export interface RawCall {
  readonly operator: Operator;
  readonly signature: Signature;
  readonly arguments: readonly Json[];
  readonly place: Place;
}

/** What an operator's own `parse` can use. */
export interface Parser {
  readonly dialect: Dialect;
  /** Returns the node of an expression. The node is filled in later, so nothing is known about it yet. */
  expression(script: Json, place: Place): Node;
  /** Returns a call with these arguments. */
  call(call: RawCall, args: readonly Node[]): Call;
  /** Returns a call that can only fail. Arguments that are expressions are examined nevertheless. */
  fault(call: RawCall, code: string, problem: string, hint?: Hint): Node;
}

/** Derives a call's shape from those of its arguments. A literal lambda has no shape; the rule determines what the lambda is applied to. */
export type ShapeRule = (args: readonly Shape[], call: Call, infer: Inferrer) => Shape;

/** What an operator's own `shape` can use. */
export interface Inferrer {
  /** The shapes of the program's inputs. */
  readonly inputs: readonly Shape[];
  /** The origin of what the call builds. */
  readonly origin: Origin;
  /** Returns the shape of a variable in scope at the call. */
  variable(name: string): Shape;
  /** Returns what a lambda argument yields for arguments of the given shapes. */
  applied(lambda: Node | undefined, parameters: readonly Shape[]): Shape;
  /** Returns the shape of a table's rows; undefined if unknown. */
  table(name: string | undefined): Shape | undefined;
  /** Returns what a pointer leads to, and records the miss if it can't find anything. An unknown pointer can lead to anything. */
  read(shape: Shape, pointer: Json | undefined): Shape;
}

/** What `check` knows besides the script. */
export interface Known {
  /** By name. Only the names matter; the values can be anything. */
  readonly secrets: ReadonlyMap<string, unknown>;
  readonly tables: ReadonlyMap<string, unknown>;
}

/** Reports a problem that an operator's `check` found. */
export type Report = (problem: {
  readonly code: string;
  readonly place: Place;
  readonly message: string;
  readonly hint?: Hint | undefined;
  readonly severity?: 'error' | 'warning';
}) => void;

type Definition = Omit<Operator, 'name' | 'dialects' | 'arity' | 'usage' | 'textUsage' | 'errors' | 'portable'> &
  Partial<Pick<Operator, 'portable'>>;

/** An operator's name and its record, which is created on first use because most scripts use few operators. */
export interface OperatorEntry {
  readonly name: string;
  readonly operator: () => Operator;
}

/** Defines an operator. One named `family.verb` is beyond the reference unless the definition says otherwise. */
export function defineOperator(name: string, definition: () => Definition): OperatorEntry {
  let made: Operator | undefined;
  return { name, operator: () => (made ??= completeOperator(name, definition())) };
}

/** Creates an operator's record. `dialects`, `arity` and usage are derived from the signatures. */
export function completeOperator(name: string, definition: Definition): Operator {
  const dialects = (['classic', 'current'] as const).filter((dialect) => definition.signatures[dialect] !== undefined);
  const byDialect = <T>(of: (signature: Signature) => T): Partial<Record<Dialect, T>> => {
    const made: Partial<Record<Dialect, T>> = {};
    for (const dialect of dialects) {
      const signature = definition.signatures[dialect];
      if (signature !== undefined) made[dialect] = of(signature);
    }
    return made;
  };
  return {
    name,
    portable: !name.includes('.'),
    ...definition,
    dialects,
    // Computed on demand, because only error messages and the reference need them.
    get arity() {
      return byDialect(({ min, max }) => ({ min, max }));
    },
    get usage() {
      return byDialect((signature) => jsonUsage(name, signature));
    },
    get textUsage() {
      const { current } = definition.signatures;
      return current && textUsage(name, current);
    },
    get errors() {
      const { current, classic } = definition.signatures;
      const signature = current ?? classic;
      return signature === undefined ? [] : errorsOf(signature, definition.work.length > 0);
    },
  };
}

/** Returns the signatures of an operator that is the same in both dialects. */
export function inBoth(signature: Signature): Record<Dialect, Signature> {
  return { classic: signature, current: signature };
}

/** Returns what to write instead of a call that the operator does not accept. */
export function usageHint({ name, textUsage: text, usage }: OperatorInfo, dialect: Dialect): Hint {
  return (form) => `Write ${(form === 'text' ? text : undefined) ?? usage[dialect] ?? name}.`;
}

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

/** A call that works and what comes of it. Run by a test, and shown in the reference. */
export interface Example {
  /** The dialect of the script; both when absent. */
  readonly dialect?: Dialect;
  readonly script: Json;
  readonly inputs?: readonly Json[];
  /** The tables that it looks up rows in: rows by key. */
  readonly tables?: Readonly<Record<string, Readonly<Record<string, Json>>>>;
  readonly result: Json;
}

/**
 * How the size of a result follows from the arguments: an input, a variable, the `first` argument or a part of it, the
 * `sum` of all, their text or that of the first `joined`, what a lambda makes of each element, or of all in turn; the first
 * argument `remade`, with what a lambda makes of parts of it.
 */
export type Growth = 'input' | 'variable' | 'first' | 'sum' | 'text' | 'joined' | 'mapped' | 'reduced' | 'remade';

/**
 * What the work of a call grows with, and what it is charged for beyond the step that any call costs: `calls` of its
 * lambda; `elements` of arrays that it goes through or copies; `members` of objects; the characters of `text` and the
 * `digits` of numbers that it compares, reads or prints.
 */
export type Work = 'calls' | 'elements' | 'members' | 'text' | 'digits';

/** What users of the package learn about an operator. */
export interface OperatorInfo {
  readonly name: string;
  readonly dialects: readonly Dialect[];
  readonly summary: string;
  /** Whether the reference engine has it too. */
  readonly portable: boolean;
  /** By dialect: `-` takes two arguments in classic, any number in current. */
  readonly arity: Readonly<Partial<Record<Dialect, Arity>>>;
  /** A call with its parameters' names: `["map", array, lambda]`. */
  readonly usage: Readonly<Partial<Record<Dialect, string>>>;
  /** The same in the text form, which is of the current dialect: `map(array, lambda)`; absent where that has no such operator. */
  readonly textUsage: string | undefined;
  /** The errors of its calls that its signature tells, as `InvalidArgument: …`; its summary says what else there is. */
  readonly errors: readonly string[];
  readonly examples: readonly Example[];
}

/** One operator, whole: what it is called, takes, means, and how it is compiled. */
export interface Operator extends OperatorInfo {
  /** What every call returns, where that is known. */
  readonly returns?: JsonKind;
  readonly signatures: Readonly<Partial<Record<Dialect, Signature>>>;
  /** How large its result can get. When absent: without any such bound; but numbers and booleans don't grow. */
  readonly growth?: Growth;
  /**
   * What its work grows with; nothing for one that takes the same time whatever it is given. Work on values is charged by
   * the functions that do it, which all take the run; a test holds every operator to what it says here.
   */
  readonly work: readonly Work[];
  /** How many arguments are evaluated in any case; all when absent. */
  readonly certainArguments?: Readonly<Partial<Record<Dialect, number>>>;
  /** Whether a read in an argument may find nothing; nowhere when absent. */
  readonly forgives?: (index: number, count: number) => boolean;
  /** What more can be said of its results than their kind, by the shapes of its arguments. */
  readonly shape?: ShapeRule;
  /** For arguments that are no plain list of expressions. The number of arguments has been checked. */
  readonly parse?: (call: RawCall, parser: Parser) => Node;
  readonly compile: (call: Call, compiler: Compiler) => Evaluate;
  /** Of a read: the same, yielding undefined where nothing is there; nothing for one that can only fail. */
  readonly read?: (call: Call, compiler: Compiler) => Attempt | undefined;
  /** What a read reads of the program's inputs, where its text tells that. */
  readonly reads?: Reads;
  /**
   * How a result can be written without being built: an object of keys and values in turn, the text of all, or the first
   * that is there and not null.
   */
  readonly written?: 'members' | 'text' | 'first';
  /** Stack frames that a call takes, without its arguments; 1 when absent. */
  readonly frames?: number;
  /** Problems that can be seen without running and that the signature does not tell. */
  readonly check?: (call: Call, report: Report, known: Known) => void;
}

/**
 * A path from the array of all inputs, its segments as in a pointer; `unknown` where the text does not tell, undefined for
 * what reads no input by itself.
 */
export type InputPath = readonly string[] | 'unknown' | undefined;

/** What a call reads of the program's inputs, and whether it yields what is there or only that something is. */
export interface Reads {
  readonly yields: 'value' | 'presence';
  /** @param pathOf the same of an argument */
  readonly path: (call: Call, pathOf: (argument: Node | undefined) => InputPath) => InputPath;
}

/** A call as it stands in the script. */
export interface RawCall {
  readonly operator: Operator;
  readonly signature: Signature;
  readonly arguments: readonly Json[];
  readonly place: Place;
}

/** What an operator's own `parse` may use. */
export interface Parser {
  readonly dialect: Dialect;
  /** The node of an expression. It is filled in later: nothing about it is known yet. */
  expression(script: Json, place: Place): Node;
  /** A call with these arguments. */
  call(call: RawCall, args: readonly Node[]): Call;
  /** A call that can only fail; those of its arguments that are expressions are looked at all the same. */
  fault(call: RawCall, code: string, problem: string, hint?: Hint): Node;
}

/**
 * How a call's shape follows from those of its arguments. An argument that is a lambda written out has none: the rule says
 * what it is applied to.
 */
export type ShapeRule = (args: readonly Shape[], call: Call, infer: Inferrer) => Shape;

/** What an operator's own `shape` may use. */
export interface Inferrer {
  /** The shapes of the program's inputs. */
  readonly inputs: readonly Shape[];
  /** Where what the call builds comes from. */
  readonly origin: Origin;
  /** The shape of a variable, where the call stands. */
  variable(name: string): Shape;
  /** What a lambda argument yields for arguments of given shapes. */
  applied(lambda: Node | undefined, parameters: readonly Shape[]): Shape;
  /** The shape of a table's rows; undefined where nothing is known of it. */
  table(name: string | undefined): Shape | undefined;
  /** What a pointer leads to; where it can lead nowhere, that is noted. A pointer that is not known leads to anything. */
  read(shape: Shape, pointer: Json | undefined): Shape;
}

/** What `check` knows beside the script. */
export interface Known {
  /** By name; the values are whatever was given. */
  readonly secrets: ReadonlyMap<string, unknown>;
  readonly tables: ReadonlyMap<string, unknown>;
}

/** Takes a problem that an operator's `check` found. */
export type Report = (problem: {
  readonly code: string;
  readonly place: Place;
  readonly message: string;
  readonly hint?: Hint | undefined;
  readonly severity?: 'error' | 'warning';
}) => void;

type Definition = Omit<Operator, 'name' | 'dialects' | 'arity' | 'usage' | 'textUsage' | 'errors' | 'portable'> &
  Partial<Pick<Operator, 'portable'>>;

/** An operator's name, and its record, which is made when it is first asked for: most scripts name few operators. */
export interface OperatorEntry {
  readonly name: string;
  readonly operator: () => Operator;
}

/** Defines an operator. Those named `family.verb` are beyond the reference, unless they say otherwise. */
export function defineOperator(name: string, definition: () => Definition): OperatorEntry {
  let made: Operator | undefined;
  return { name, operator: () => (made ??= completeOperator(name, definition())) };
}

/** Makes an operator's record; `dialects`, `arity` and usage follow from the signatures. */
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
    // Only who has made a mistake, or reads the reference, wants to see these.
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

/** The signatures of an operator that takes the same in both dialects. */
export function inBoth(signature: Signature): Record<Dialect, Signature> {
  return { classic: signature, current: signature };
}

/** What to write where a call of an operator is not what it takes. */
export function usageHint({ name, textUsage: text, usage }: OperatorInfo, dialect: Dialect): Hint {
  return (form) => `Write ${(form === 'text' ? text : undefined) ?? usage[dialect] ?? name}.`;
}

import type { ComputoErrorKind } from '../computo-error.js';
import type { Hint } from '../hint.js';
import type { Json } from '../value/index.js';
import type { Dialect } from './dialect.js';
import type { Operator } from './operator.js';
import type { Place } from './place.js';
import type { Signature } from './signature.js';

/** A parsed script: the same tree for both dialects. */
export type Node = Constant | List | Call | If | Let | Lambda | Fault;

/** A value that evaluates to itself, or an argument that is not evaluated. */
export interface Constant {
  readonly type: 'constant';
  readonly value: Json;
  readonly place: Place;
}

/** An array whose elements are evaluated. */
export interface List {
  readonly type: 'list';
  readonly elements: readonly Node[];
  readonly place: Place;
}

/** A call of an existing operator, with a number of arguments that the operator accepts. */
export interface Call {
  readonly type: 'call';
  readonly operator: Operator;
  readonly signature: Signature;
  readonly dialect: Dialect;
  readonly arguments: readonly Node[];
  readonly place: Place;
}

export interface If {
  readonly type: 'if';
  readonly condition: Node;
  readonly then: Node;
  readonly else: Node;
  readonly place: Place;
}

export interface Let {
  readonly type: 'let';
  readonly bindings: readonly Binding[];
  /** Whether each binding sees those before it. */
  readonly sequential: boolean;
  readonly body: Node;
  readonly place: Place;
}

export interface Binding {
  readonly name: string;
  readonly value: Node;
  readonly place: Place;
}

export interface Lambda {
  readonly type: 'lambda';
  readonly parameters: readonly string[];
  readonly body: Node;
  /** The lambda as data, which scripts can print and pass around. */
  readonly value: Json;
  readonly place: Place;
}

/** An expression that fails when a run reaches it. */
export interface Fault {
  readonly type: 'fault';
  readonly kind: ComputoErrorKind;
  /** A stable name for the problem, for `check`. */
  readonly code: string;
  readonly problem: string;
  readonly hint: Hint | undefined;
  /** The name in a call of an unknown operator. */
  readonly operator?: string;
  /** The expressions inside, for `check` to examine. They are never evaluated. */
  readonly inside: readonly Node[];
  readonly place: Place;
}

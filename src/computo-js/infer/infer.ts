import { detectDialect, parseScript } from '../dialect/index.js';
import type { TableShape } from '../lookup-table.js';
import { parsePointer } from '../pointer/index.js';
import {
  ANY,
  join,
  NEVER,
  readShape,
  shapeOf,
  shapeOfKind,
  tupleShape,
  type Origin,
  type Shape,
} from '../shape/index.js';
import {
  parameterAt,
  pointerTo,
  type Call,
  type DialectOption,
  type Inferrer,
  type Node,
  type Place,
} from '../syntax/index.js';
import type { Json } from '../value/index.js';

export interface InferOptions {
  /** As for `compile`. */
  readonly dialect?: DialectOption | undefined;
  /** The shapes of the inputs. */
  readonly inputs: readonly Shape[];
  /** What is known about the tables' rows, by table name. */
  readonly tables?: Readonly<Record<string, TableShape>> | undefined;
  /** Identifies this script as the origin of what it builds. */
  readonly by?: unknown;
}

export interface Inferred {
  /** The shape of what the script yields. */
  readonly shape: Shape;
  /** Reads that can't succeed, in the order of evaluation. */
  readonly misses: readonly Miss[];
}

/** A pointer that finds nothing in any value of the shape that it is applied to. */
export interface Miss {
  /** JSON Pointer of the reading call in the script. */
  readonly path: string;
  /** The pointer that is applied. */
  readonly pointer: string;
  /** How many segments of the pointer can be found. */
  readonly length: number;
  /** The shape where the pointer fails. */
  readonly at: Shape;
  /** Whether the read is always evaluated, rather than in a branch or a lambda. */
  readonly certain: boolean;
}

/** Deeper expressions are not analyzed. */
const DEPTH_MAX = 200;
const MISSES_MAX = 100;

/**
 * Infers what a script can yield for inputs of given shapes, and which of its reads can't succeed. Anything unknown is {@link
 * ANY}, about which nothing is reported.
 */
export function inferShape(script: Json, { dialect = 'auto', inputs, tables = {}, by }: InferOptions): Inferred {
  const detected = dialect === 'auto' ? detectDialect(script).dialect : dialect;
  if (detected === 'conflict') return { shape: ANY, misses: [] };
  const inference = new Inference(inputs, new Map(Object.entries(tables)), by);
  const node = parseScript(script, detected === 'classic' ? 'classic' : 'current');
  return {
    shape: inference.shapeOf(node, { variables: new Map(), certain: true, forgiven: false, depth: 0 }),
    misses: inference.misses,
  };
}

/** The context of an expression. */
interface Surroundings {
  /** The shapes of variables. One that is missing here can be anything. */
  readonly variables: ReadonlyMap<string, Shape>;
  /** Whether the expression is always evaluated. */
  readonly certain: boolean;
  /** Whether a read may find nothing without failing. */
  readonly forgiven: boolean;
  readonly depth: number;
}

class Inference {
  readonly misses: Miss[] = [];
  readonly #by: unknown;
  readonly #inputs: readonly Shape[];
  readonly #tables: ReadonlyMap<string, TableShape>;

  constructor(inputs: readonly Shape[], tables: ReadonlyMap<string, TableShape>, by: unknown) {
    this.#inputs = inputs;
    this.#tables = tables;
    this.#by = by;
  }

  shapeOf(node: Node, outer: Surroundings): Shape {
    if (outer.depth > DEPTH_MAX) return ANY;
    const around = { ...outer, depth: outer.depth + 1 };
    switch (node.type) {
      case 'constant':
        return shapeOf(node.value, this.#origin(node.place));
      case 'list':
        return tupleShape(node.elements.map((element) => this.shapeOf(element, around)));
      case 'if': {
        this.shapeOf(node.condition, around);
        const branch = { ...around, certain: false };
        return join(this.shapeOf(node.then, branch), this.shapeOf(node.else, branch));
      }
      case 'let':
        return this.#letShape(node, around);
      case 'lambda':
        // The caller decides which variables a lambda sees.
        this.shapeOf(node.body, { ...around, variables: new Map(), certain: false });
        return ANY;
      case 'call':
        return this.#callShape(node, around);
      case 'fault':
        return ANY;
    }
  }

  #letShape(node: Extract<Node, { type: 'let' }>, around: Surroundings): Shape {
    const variables = new Map(around.variables);
    for (const { name, value } of node.bindings) {
      const seen = node.sequential ? { ...around, variables: new Map(variables) } : around;
      variables.set(name, this.shapeOf(value, seen));
    }
    return this.shapeOf(node.body, { ...around, variables });
  }

  #callShape(call: Call, around: Surroundings): Shape {
    const { operator, signature, dialect } = call;
    const { shape, returns } = operator;
    const certain = operator.certainArguments?.[dialect] ?? Infinity;
    const args = call.arguments.map((argument, index) => {
      const isApplied = argument.type === 'lambda' && parameterAt(signature, index)?.role === 'lambda';
      // Only the operator's rule knows the lambda's arguments.
      if (isApplied && shape !== undefined) return ANY;
      return this.shapeOf(argument, {
        ...around,
        certain: around.certain && index < certain,
        forgiven: around.forgiven || operator.forgives?.(index, call.arguments.length) === true,
      });
    });
    return shape?.(args, call, this.#inferrer(call, around)) ?? shapeOfKind(returns);
  }

  #inferrer(call: Call, around: Surroundings): Inferrer {
    return {
      inputs: this.#inputs,
      origin: this.#origin(call.place),
      variable: (name) => around.variables.get(name) ?? ANY,
      applied: (lambda, parameters) => this.#applied(lambda, parameters, around),
      table: (name) => (name === undefined ? undefined : this.#tables.get(name)?.shape),
      read: (shape, pointer) => this.#read(call, shape, pointer, around),
    };
  }

  #applied(lambda: Node | undefined, parameters: readonly Shape[], around: Surroundings): Shape {
    if (lambda?.type !== 'lambda') return ANY;
    const variables = new Map(around.variables);
    for (const [index, name] of lambda.parameters.entries()) variables.set(name, parameters[index] ?? ANY);
    return this.shapeOf(lambda.body, { ...around, variables, certain: false, depth: around.depth + 1 });
  }

  #read(call: Call, shape: Shape, pointer: Json | undefined, { certain, forgiven }: Surroundings): Shape {
    if (typeof pointer !== 'string' || (pointer !== '' && !pointer.startsWith('/'))) return ANY;
    const reading = readShape(shape, parsePointer(pointer), call.dialect === 'current');
    if (reading.found) return reading.shape;
    if (forgiven) return NEVER;
    if (this.misses.length < MISSES_MAX) {
      const { length, at } = reading;
      this.misses.push({ path: pointerTo(call.place), pointer, length, at, certain });
    }
    return ANY;
  }

  #origin(place: Place): Origin {
    return { by: this.#by, path: pointerTo(place) };
  }
}

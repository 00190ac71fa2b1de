import { detectDialect, parseScript } from '../dialect/index.js';
import { splitReference } from '../operators/index.js';
import { parsePointer } from '../pointer/index.js';
import { pointerTo, type Call, type DialectOption, type Node, type Place } from '../syntax/index.js';
import type { Json } from '../value/index.js';
import { callShape } from './calls.js';
import { readShape } from './read.js';
import {
  ANY,
  join,
  objectShape,
  scalarShape,
  shapeOf,
  tupleShape,
  type Field,
  type Origin,
  type Shape,
} from './shape.js';

export interface InferOptions {
  /** As for `compile`. */
  readonly dialect?: DialectOption | undefined;
  /** The shapes of the inputs. */
  readonly inputs: readonly Shape[];
  /** Tells this script from others as the origin of what it builds. */
  readonly by?: unknown;
}

export interface Inferred {
  /** The shape of what the script yields. */
  readonly shape: Shape;
  /** Reads that cannot succeed, in the order of evaluation. */
  readonly misses: readonly Miss[];
}

/** A pointer that leads nowhere in any value of the shape that it is applied to. */
export interface Miss {
  /** JSON Pointer of the reading call in the script. */
  readonly path: string;
  /** The pointer that is read. */
  readonly pointer: string;
  /** How many of its segments can lead somewhere. */
  readonly length: number;
  /** What is there, where it breaks off. */
  readonly at: Shape;
  /** Whether every run that gets so far evaluates it; else it stands in a branch or a lambda. */
  readonly certain: boolean;
}

/** Deeper expressions are not looked into. */
const DEPTH_MAX = 200;
const MISSES_MAX = 100;

/**
 * Finds out what a script can yield for inputs of given shapes, and which of its reads cannot succeed. What can't be known
 * is {@link ANY}, about which nothing is said.
 */
export function inferShape(script: Json, { dialect = 'auto', inputs, by }: InferOptions): Inferred {
  const detected = dialect === 'auto' ? detectDialect(script).dialect : dialect;
  if (detected === 'conflict') return { shape: ANY, misses: [] };
  const inference = new Inference(inputs, by);
  const node = parseScript(script, detected === 'classic' ? 'classic' : 'current');
  return {
    shape: inference.shapeOf(node, { variables: new Map(), certain: true, depth: 0 }),
    misses: inference.misses,
  };
}

/** Where an expression stands: what it sees, and whether it is evaluated in any case. */
export interface Surroundings {
  /** A variable that is not among them can be anything. */
  readonly variables: ReadonlyMap<string, Shape>;
  readonly certain: boolean;
  readonly depth: number;
}

/** What the rules of calls may use. */
export interface Inferrer {
  readonly by: unknown;
  shapeOf(node: Node, around: Surroundings): Shape;
  /** What a lambda argument yields for arguments of given shapes. */
  applied(lambda: Node | undefined, parameters: readonly Shape[], around: Surroundings): Shape;
}

class Inference implements Inferrer {
  readonly misses: Miss[] = [];
  readonly by: unknown;
  readonly #inputs: readonly Shape[];

  constructor(inputs: readonly Shape[], by: unknown) {
    this.#inputs = inputs;
    this.by = by;
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
        // Whoever calls it decides which variables it sees.
        this.shapeOf(node.body, { variables: new Map(), certain: false, depth: around.depth });
        return ANY;
      case 'call':
        return this.#callShape(node, around);
      case 'fault':
        return ANY;
    }
  }

  applied(lambda: Node | undefined, parameters: readonly Shape[], around: Surroundings): Shape {
    if (lambda?.type !== 'lambda') return ANY;
    const variables = new Map(around.variables);
    for (const [index, name] of lambda.parameters.entries()) variables.set(name, parameters[index] ?? ANY);
    return this.shapeOf(lambda.body, { variables, certain: false, depth: around.depth + 1 });
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
    switch (call.operator.name) {
      case '$input':
        return this.#rootShape(call, this.#inputs[0] ?? scalarShape('null'), around);
      case '$inputs':
        return this.#rootShape(call, this.#inputsShape(call), around);
      case '$':
        return this.#variableShape(call, around);
      case 'get': {
        const [value, pointer] = call.arguments;
        const shape = value === undefined ? ANY : this.shapeOf(value, around);
        return this.#read(call, shape, constantOf(pointer), around);
      }
      case 'obj':
        return this.#builtObject(call, around);
      default:
        return callShape(call, around, this);
    }
  }

  #inputsShape({ dialect }: Call): Shape {
    return this.#inputs.length === 0 && dialect === 'classic'
      ? tupleShape([scalarShape('null')])
      : tupleShape(this.#inputs);
  }

  #rootShape(call: Call, root: Shape, around: Surroundings): Shape {
    const [pointer] = call.arguments;
    if (call.dialect === 'classic' || pointer === undefined) return root;
    return this.#read(call, root, constantOf(pointer), around);
  }

  #variableShape(call: Call, around: Surroundings): Shape {
    const reference = constantOf(call.arguments[0]);
    if (typeof reference !== 'string' || !reference.startsWith('/')) return ANY;
    const { name, pointer } = splitReference(reference, call);
    return this.#read(call, around.variables.get(name) ?? ANY, pointer, around);
  }

  #read(call: Call, shape: Shape, pointer: Json | undefined, { certain }: Surroundings): Shape {
    if (typeof pointer !== 'string' || (pointer !== '' && !pointer.startsWith('/'))) return ANY;
    const reading = readShape(shape, parsePointer(pointer), call.dialect === 'current');
    if (reading.found) return reading.shape;
    if (this.misses.length < MISSES_MAX) {
      const { length, at } = reading;
      this.misses.push({ path: pointerTo(call.place), pointer, length, at, certain });
    }
    return ANY;
  }

  /** Keys and values stand in turn, in both dialects. */
  #builtObject(call: Call, around: Surroundings): Shape {
    const fields = new Map<string, Field>();
    let open = false;
    for (let index = 0; index < call.arguments.length; index += 2) {
      const [key, value] = call.arguments.slice(index, index + 2);
      if (key === undefined || value === undefined) return ANY;
      const name = constantOf(key);
      if (name === undefined) this.shapeOf(key, around);
      const shape = this.shapeOf(value, around);
      if (typeof name === 'string') fields.set(name, { shape, optional: false });
      else open = true;
    }
    // A computed key may be one of those that are known, and change what is there.
    if (!open) return objectShape(fields, false, this.#origin(call.place));
    const loose = [...fields.keys()].map((name): [string, Field] => [name, { shape: ANY, optional: false }]);
    return objectShape(new Map(loose), true, this.#origin(call.place));
  }

  #origin(place: Place): Origin {
    return { by: this.by, path: pointerTo(place) };
  }
}

function constantOf(node: Node | undefined): Json | undefined {
  return node?.type === 'constant' ? node.value : undefined;
}

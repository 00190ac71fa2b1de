import { ComputoError } from '../computo-error.js';
import type { PermutoOptions } from '../permuto/index.js';
import {
  pointerTo,
  type Call,
  type Dialect,
  type Fault,
  type Lambda,
  type List,
  type Node,
  type Place,
} from '../syntax/index.js';
import type { Json } from '../value/index.js';
import type { Cost } from './callable.js';
import { bind, type Lexical } from './lexical.js';
import type { Evaluate } from './run.js';
import { compileTail } from './tail.js';
import { traced, type Trace } from './trace.js';

/** What holds for a whole program. */
export interface ProgramContext {
  readonly dialect: Dialect;
  readonly permuto: PermutoOptions;
  readonly trace: Trace | undefined;
  /** Parses an expression that was found in data: lambdas are values, and values may come from anywhere. */
  readonly parse: (script: Json, place: Place) => Node;
  /** Lambdas that were compiled already, by the value that stands for them. */
  readonly lambdas: WeakMap<object, Lambda>;
}

/** Turns nodes into closures. One compiler per place where the certainly bound variables are the same. */
export interface Compiler {
  readonly program: ProgramContext;
  readonly lexical: Lexical;
  /** What the expression under way costs: grows as its parts are compiled. */
  readonly cost: Cost;
  compile(node: Node): Evaluate;
  /** For expressions that see further variables. */
  binding(names: readonly string[]): Compiler;
}

export function createCompiler(program: ProgramContext, lexical: Lexical, cost: Cost): Compiler {
  const compiler: Compiler = {
    program,
    lexical,
    cost,
    compile: (node) => compileNode(node, compiler),
    binding: (names) => (names.length === 0 ? compiler : createCompiler(program, bind(lexical, names), cost)),
  };
  return compiler;
}

function compileNode(node: Node, compiler: Compiler): Evaluate {
  switch (node.type) {
    case 'constant': {
      const { value } = node;
      return () => value;
    }
    case 'list':
      return compileList(node, compiler);
    case 'call':
      return compileCall(node, compiler);
    case 'if':
    case 'let':
      return compileTail(node, compiler);
    case 'lambda':
      return compileLambdaValue(node, compiler);
    case 'fault':
      return compileFault(node);
  }
}

function compileCall(node: Call, compiler: Compiler): Evaluate {
  compiler.cost.steps += 1;
  const evaluate = node.operator.compile(node, compiler);
  const { trace } = compiler.program;
  return trace === undefined ? evaluate : traced(evaluate, node.operator.name, node.place, trace);
}

function compileList(node: List, compiler: Compiler): Evaluate {
  compiler.cost.units += node.elements.length;
  const elements = node.elements.map((element) => compiler.compile(element));
  return (run, scope) => elements.map((element) => element(run, scope));
}

function compileLambdaValue(node: Lambda, compiler: Compiler): Evaluate {
  const { value } = node;
  if (typeof value === 'object' && value !== null) compiler.program.lambdas.set(value, node);
  return () => value;
}

function compileFault(node: Fault): Evaluate {
  return () => {
    throw new ComputoError(node.kind, node.problem, pointerTo(node.place), node.hint);
  };
}

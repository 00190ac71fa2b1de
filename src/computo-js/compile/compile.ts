import { ComputoError } from '../computo-error.js';
import { pointerTo, type Call, type Fault, type Lambda, type List, type Node, type Place } from '../syntax/index.js';
import type { Json, JsonKind } from '../value/index.js';
import type { Compiler, ProgramOptions } from './compiler.js';
import { NOTHING, type Compiled, type Entry } from './entry.js';
import { copiesIn } from './growth.js';
import { bindingOf, type Lexical } from './lexical.js';
import type { Evaluate } from './run.js';
import { failTooDeep, FRAMES_MAX } from './stack.js';
import { compileIf, compileLet, leaf, type TailPart } from './tail.js';
import { traced } from './trace.js';
import { framesOf, type Visit } from './visit.js';
import { compileVariable } from './variable.js';
import { walk } from './walk.js';

/**
 * Compiles an expression. Works from the inside out, so compiling takes no stack.
 *
 * @param lexical the variables that are certainly bound around the expression
 */
export function compileExpression(root: Node, lexical: Lexical, program: ProgramOptions): Compiled {
  const tooHigh: Place[] = [];
  const visits = walk(root, lexical);
  const rootCost = lexical === 'root' ? visits[0]?.cost : undefined;
  for (let index = visits.length - 1; index >= 0; index--) {
    const visit = visits[index];
    if (visit === undefined) continue;
    const { step, height, read } = compileNode(visit, program, visit.cost !== rootCost);
    const { node, cost } = visit;
    const callable = node.type === 'lambda' ? callableOf(node, visit, program) : undefined;
    if (height <= FRAMES_MAX) {
      visit.entry = { step, height, cost, read, callable };
    } else {
      tooHigh.push(node.place);
      visit.entry = { step: leaf(failTooDeep(node.place)), height: 1, cost, callable: undefined };
    }
  }
  const { step, height, cost } = visits[0]?.entry ?? NOTHING;
  return { evaluate: step.evaluate, height, cost, tooHigh, copies: copiesIn(visits) };
}

function compileNode(visit: Visit, program: ProgramOptions, isInLambda: boolean): TailPart {
  const { node } = visit;
  switch (node.type) {
    case 'constant':
      return constant(node.value);
    case 'list':
      return { step: leaf(compileList(node, visit)), height: 1 + highestPart(visit) };
    case 'call':
      return compileCall(node, visit, program, isInLambda);
    case 'if':
    case 'let': {
      visit.cost.steps += stepsFor(visit.parts.length);
      const partOf = (index: number): TailPart => entryAt(visit, index);
      return node.type === 'if' ? compileIf(node, program, partOf) : compileLet(node, program, partOf);
    }
    case 'lambda':
      // The body of an inline lambda counts toward the frames of the call around it.
      return constant(node.value, visit.isInline ? highestPart(visit) : 1);
    case 'fault':
      return { step: leaf(compileFault(node)), height: 1 };
  }
}

function constant(value: Json, height = 1): TailPart {
  return { step: leaf(() => value), height };
}

function entryAt({ parts }: Visit, index: number): Entry {
  return parts[index]?.entry ?? NOTHING;
}

function highestPart({ parts }: Visit): number {
  let height = 0;
  for (const { entry } of parts) height = Math.max(height, entry?.height ?? 0);
  return height;
}

/** Kinds of value that take memory of their own, whatever they contain. */
const KEPT_IN_MEMORY: ReadonlySet<JsonKind | undefined> = new Set(['array', 'object', 'string'] as const);
const UNITS_PER_VALUE = 8;
const UNITS_PER_ELEMENT = 2;
/** This many constant arguments or bindings are evaluated within the step of a call. */
const PARTS_PER_STEP = 8;

/** The steps of a call itself. Arguments that are calls cost extra. */
function stepsFor(parts: number): number {
  return 1 + Math.floor(parts / PARTS_PER_STEP);
}

function compileCall(node: Call, visit: Visit, program: ProgramOptions, isInLambda: boolean): TailPart {
  const { trace } = program;
  const { operator } = node;
  visit.cost.steps += stepsFor(node.arguments.length);
  if (KEPT_IN_MEMORY.has(operator.returns)) visit.cost.units += UNITS_PER_VALUE;
  const compiler: Compiler = {
    program,
    cost: visit.cost,
    isInLambda,
    // A traced call takes one more frame.
    frames: visit.frames * (trace === undefined ? 1 : 2),
    compile: (index) => entryAt(visit, index).step.evaluate,
    read: (index) => entryAt(visit, index).read?.(),
    variable: (name) => {
      visit.variable = bindingOf(visit.lexical, name);
      return compileVariable(name, visit.lexical, node.place);
    },
    callable: (index) => entryAt(visit, index).callable,
  };
  const evaluate = operator.compile(node, compiler);
  const height = framesOf(node) + highestPart(visit);
  if (trace !== undefined) {
    // A read that finds nothing is traced, too.
    return { step: leaf(traced(evaluate, operator.name, node.place, trace)), height: 1 + height };
  }
  return { step: leaf(evaluate), height, read: operator.read && (() => operator.read?.(node, compiler)) };
}

function compileList(node: List, visit: Visit): Evaluate {
  const constants = node.elements.flatMap((element) => (element.type === 'constant' ? [element.value] : []));
  if (constants.length === node.elements.length) return () => constants;
  visit.cost.units += UNITS_PER_VALUE + UNITS_PER_ELEMENT * node.elements.length;
  visit.cost.steps += Math.floor(node.elements.length / PARTS_PER_STEP);
  const elements = node.elements.map((_, index) => entryAt(visit, index).step.evaluate);
  return (run, scope) => {
    const values = new Array<Json>(elements.length);
    for (let index = 0; index < elements.length; index++) values[index] = elements[index]?.(run, scope) ?? null;
    return values;
  };
}

/** Makes a lambda callable: an inline one where it is written, a value wherever that value is used. */
function callableOf(node: Lambda, visit: Visit, program: ProgramOptions): Entry['callable'] {
  const { parameters, value } = node;
  const { step, height, cost } = entryAt(visit, 0);
  const body = step.evaluate;
  if (visit.isInline) return { parameters, body, cost, height: 0 };
  if (typeof value === 'object' && value !== null) program.lambdas.set(value, { parameters, body, cost, height });
  return undefined;
}

function compileFault(node: Fault): Evaluate {
  return () => {
    throw new ComputoError(node.kind, node.problem, pointerTo(node.place), node.hint);
  };
}

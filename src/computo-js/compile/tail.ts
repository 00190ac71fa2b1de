import type { If, Let } from '../syntax/index.js';
import { isTruthy } from '../value/index.js';
import type { ProgramOptions } from './compiler.js';
import type { CompileRead, Evaluate, Run, Scope } from './run.js';
import { DIRECT_LEVELS_MAX } from './stack.js';
import { traced } from './trace.js';

/**
 * A compiled expression as its surroundings see it. `if` and `let` keep their parts: 100,000 of them may stand in one
 * another's tail positions, and run without taking a stack frame each.
 */
export interface TailStep {
  readonly evaluate: Evaluate;
  /** Levels of `if` and `let` in tail position that it consists of. */
  readonly levels: number;
  /** What to do when it is run in a loop; absent for all other expressions, and for low ones. */
  readonly loop?: Branch | Binding;
}

interface Branch {
  readonly type: 'if';
  readonly condition: Evaluate;
  readonly then: TailStep;
  readonly else: TailStep;
}

interface Binding {
  readonly type: 'let';
  readonly bind: Bind;
  readonly body: TailStep;
}

/** Binds variables in front of a scope. */
type Bind = (run: Run, scope: Scope) => Scope;

/** A step and the frames that evaluating it takes. */
export interface TailPart {
  readonly step: TailStep;
  readonly height: number;
  readonly read?: CompileRead | undefined;
}
/** Finds a part by its index in the visit. */
type PartOf = (index: number) => TailPart;

export function leaf(evaluate: Evaluate): TailStep {
  return { evaluate, levels: 0 };
}

export function compileIf(node: If, program: ProgramOptions, partOf: PartOf): TailPart {
  const [condition, then, otherwise] = [partOf(0), partOf(1), partOf(2)];
  const loop: Branch = { type: 'if', condition: condition.step.evaluate, then: then.step, else: otherwise.step };
  return assemble(loop, condition.height, [then, otherwise], node, program);
}

export function compileLet(node: Let, program: ProgramOptions, partOf: PartOf): TailPart {
  const values = node.bindings.map((_, index) => partOf(index));
  const bindings = node.bindings.map(({ name }, index) => ({
    name,
    evaluate: values[index]?.step.evaluate ?? nothing,
  }));
  const body = partOf(node.bindings.length);
  const bind = node.sequential ? bindOneAfterTheOther(bindings) : bindTogether(bindings);
  return assemble({ type: 'let', bind, body: body.step }, 1 + highest(values), [body], node, program);
}

/** Of any number of parts: more than a call of `Math.max` takes. */
function highest(parts: readonly TailPart[]): number {
  return parts.reduce((height, part) => Math.max(height, part.height), 0);
}

const nothing: Evaluate = () => null;

/** Puts a step together from its parts, the last of which are in tail position. */
function assemble(
  loop: Branch | Binding,
  height: number,
  tails: readonly TailPart[],
  node: If | Let,
  { trace }: ProgramOptions,
): TailPart {
  const levels = 1 + Math.max(...tails.map(({ step }) => step.levels));
  const inner = Math.max(height, highest(tails));
  if (levels > DIRECT_LEVELS_MAX) {
    // Run in a loop, it adds no frame to those of its parts, but for the one that every loop has.
    const isFirst = tails.every(({ step }) => step.loop === undefined);
    return { step: { evaluate: looping(loop), levels, loop }, height: inner + (isFirst ? 1 : 0) };
  }
  const evaluate = direct(loop);
  // A long chain goes untold: in a loop no call ends before its tail does.
  return trace === undefined
    ? { step: { evaluate, levels }, height: 1 + inner }
    : { step: { evaluate: traced(evaluate, node.type, node.place, trace), levels }, height: 2 + inner };
}

function direct(loop: Branch | Binding): Evaluate {
  if (loop.type === 'if') {
    const { condition } = loop;
    const then = loop.then.evaluate;
    const otherwise = loop.else.evaluate;
    return (run, scope) => (isTruthy(condition(run, scope)) ? then(run, scope) : otherwise(run, scope));
  }
  const { bind } = loop;
  const body = loop.body.evaluate;
  return (run, scope) => body(run, bind(run, scope));
}

function looping(first: Branch | Binding): Evaluate {
  return (run, outer) => {
    let scope = outer;
    let at = first;
    for (;;) {
      let next: TailStep;
      if (at.type === 'if') {
        next = isTruthy(at.condition(run, scope)) ? at.then : at.else;
      } else {
        scope = at.bind(run, scope);
        next = at.body;
      }
      if (next.loop === undefined) return next.evaluate(run, scope);
      at = next.loop;
    }
  };
}

interface Bound {
  readonly name: string;
  readonly evaluate: Evaluate;
}

/** Each expression sees only what is outside. */
function bindTogether(bindings: readonly Bound[]): Bind {
  const [only] = bindings;
  if (only !== undefined && bindings.length === 1) {
    const { name, evaluate } = only;
    return (run, scope) => ({ name, value: evaluate(run, scope), next: scope });
  }
  return (run, outer) => {
    let scope = outer;
    for (const { name, evaluate } of bindings) scope = { name, value: evaluate(run, outer), next: scope };
    return scope;
  };
}

/** Each expression sees the variables before it. */
function bindOneAfterTheOther(bindings: readonly Bound[]): Bind {
  return (run, outer) => {
    let scope = outer;
    for (const { name, evaluate } of bindings) scope = { name, value: evaluate(run, scope), next: scope };
    return scope;
  };
}

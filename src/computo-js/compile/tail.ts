import type { If, Let } from '../syntax/index.js';
import { isTruthy } from '../value/index.js';
import type { ProgramOptions } from './compiler.js';
import type { CompileRead, Evaluate, Run, Scope } from './run.js';
import { DIRECT_LEVELS_MAX } from './stack.js';
import { traced } from './trace.js';

/**
 * A compiled expression as seen by the expressions around it. `if` and `let` keep their parts, so that 100,000 of them can be
 * nested in tail position and run without a stack frame for each.
 */
export interface TailStep {
  readonly evaluate: Evaluate;
  /** The number of nested `if` and `let` in tail position in this step. */
  readonly levels: number;
  /** How to run the step in a loop; only for an `if` or `let` with many levels. */
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

/** Binds variables in a new scope within the given one. */
type Bind = (run: Run, scope: Scope) => Scope;

/** A step and the stack frames that evaluating it takes. */
export interface TailPart {
  readonly step: TailStep;
  readonly height: number;
  readonly read?: CompileRead | undefined;
}
/** Returns a part by its index in the visit. */
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

/** Works for any number of parts, whereas the arguments of `Math.max` are limited. */
function highest(parts: readonly TailPart[]): number {
  return parts.reduce((height, part) => Math.max(height, part.height), 0);
}

const nothing: Evaluate = () => null;

/** Combines parts into a step. The parts in `tails` are in tail position. */
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
    // A loop adds only one frame to those of its parts, however many levels it runs.
    const isFirst = tails.every(({ step }) => step.loop === undefined);
    return { step: { evaluate: looping(loop), levels, loop }, height: inner + (isFirst ? 1 : 0) };
  }
  const evaluate = direct(loop);
  // A long chain is not traced, because in a loop no call ends before its tail does.
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

/** Each expression sees only the variables outside. */
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

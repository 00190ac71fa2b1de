import type { If, Let, Node } from '../syntax/index.js';
import { isTruthy } from '../value/index.js';
import type { Compiler } from './compiler.js';
import type { Evaluate, Scope, Run } from './run.js';
import { traced } from './trace.js';

/** Up to this many `if` and `let` in tail position call one another directly; more of them run in a loop. */
const DIRECT_HEIGHT_MAX = 32;

/** Binds variables in front of a scope. */
type Bind = (run: Run, scope: Scope) => Scope;

/** A tree of `if` and `let` whose leaves are other expressions. */
type Step = IfStep | LetStep | { readonly type: 'leaf'; readonly evaluate: Evaluate };

interface IfStep {
  readonly type: 'if';
  readonly condition: Evaluate;
  readonly then: Step;
  readonly else: Step;
}

interface LetStep {
  readonly type: 'let';
  readonly bind: Bind;
  readonly body: Step;
}

interface Compiled {
  readonly step: Step;
  /** Levels of `if` and `let` in it. */
  readonly height: number;
}

/**
 * Compiles an `if` or `let` and those in its tail positions. 100,000 of them may be nested: neither this nor what it
 * compiles to takes a stack frame per level.
 */
export function compileTail(root: If | Let, rootCompiler: Compiler): Evaluate {
  // Outer before inner, so that going backwards meets every branch before the one that holds it.
  const found: { node: If | Let; compiler: Compiler }[] = [{ node: root, compiler: rootCompiler }];
  for (const { node, compiler } of found) {
    const inner = node.type === 'let' ? compiler.binding(node.bindings.map(({ name }) => name)) : compiler;
    for (const tail of tailsOf(node)) if (isTail(tail)) found.push({ node: tail, compiler: inner });
  }

  const compiled = new Map<Node, Compiled>();
  const compileBranch = (node: Node, compiler: Compiler): Compiled => {
    const done = compiled.get(node);
    return done ?? { step: { type: 'leaf', evaluate: compiler.compile(node) }, height: 0 };
  };
  for (const { node, compiler } of found.reverse()) {
    compiler.cost.steps += 1;
    const result =
      node.type === 'if' ? compileIf(node, compiler, compileBranch) : compileLet(node, compiler, compileBranch);
    compiled.set(node, withTrace(result, node, compiler));
  }
  const { step } = compileBranch(root, rootCompiler);
  return evaluatorOf(step);
}

type CompileBranch = (node: Node, compiler: Compiler) => Compiled;

function compileIf(node: If, compiler: Compiler, compileBranch: CompileBranch): Compiled {
  const condition = compiler.compile(node.condition);
  const then = compileBranch(node.then, compiler);
  const otherwise = compileBranch(node.else, compiler);
  const step: Step = { type: 'if', condition, then: then.step, else: otherwise.step };
  return collapsed(step, 1 + Math.max(then.height, otherwise.height));
}

function compileLet(node: Let, compiler: Compiler, compileBranch: CompileBranch): Compiled {
  const inner = compiler.binding(node.bindings.map(({ name }) => name));
  const body = compileBranch(node.body, inner);
  const bind = node.sequential ? bindOneAfterTheOther(node, compiler) : bindTogether(node, compiler);
  return collapsed({ type: 'let', bind, body: body.step }, 1 + body.height);
}

/** Turns a step into a leaf while it is low enough to call its branches directly. */
function collapsed(step: Step, height: number): Compiled {
  return { step: height <= DIRECT_HEIGHT_MAX ? { type: 'leaf', evaluate: evaluatorOf(step) } : step, height };
}

function withTrace(result: Compiled, node: If | Let, compiler: Compiler): Compiled {
  const { trace } = compiler.program;
  // In a loop no call ends after its tail: the deepest chains go untold.
  if (trace === undefined || result.step.type !== 'leaf') return result;
  const evaluate = traced(result.step.evaluate, node.type, node.place, trace);
  return { step: { type: 'leaf', evaluate }, height: result.height };
}

function evaluatorOf(step: Step): Evaluate {
  if (step.type === 'leaf') return step.evaluate;
  if (step.type === 'if' && step.then.type === 'leaf' && step.else.type === 'leaf') {
    const { condition } = step;
    const then = step.then.evaluate;
    const otherwise = step.else.evaluate;
    return (run, scope) => (isTruthy(condition(run, scope)) ? then(run, scope) : otherwise(run, scope));
  }
  if (step.type === 'let' && step.body.type === 'leaf') {
    const { bind } = step;
    const body = step.body.evaluate;
    return (run, scope) => body(run, bind(run, scope));
  }
  return (run, outer) => {
    let scope = outer;
    let at: Step = step;
    while (at.type !== 'leaf') {
      if (at.type === 'if') {
        at = isTruthy(at.condition(run, scope)) ? at.then : at.else;
      } else {
        scope = at.bind(run, scope);
        at = at.body;
      }
    }
    return at.evaluate(run, scope);
  };
}

function bindTogether(node: Let, compiler: Compiler): Bind {
  const bindings = node.bindings.map(({ name, value }) => ({ name, evaluate: compiler.compile(value) }));
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

function bindOneAfterTheOther(node: Let, compiler: Compiler): Bind {
  let inner = compiler;
  const bindings = node.bindings.map(({ name, value }) => {
    const evaluate = inner.compile(value);
    inner = inner.binding([name]);
    return { name, evaluate };
  });
  return (run, outer) => {
    let scope = outer;
    for (const { name, evaluate } of bindings) scope = { name, value: evaluate(run, scope), next: scope };
    return scope;
  };
}

function isTail(node: Node): node is If | Let {
  return node.type === 'if' || node.type === 'let';
}

function tailsOf(node: If | Let): readonly Node[] {
  return node.type === 'if' ? [node.then, node.else] : [node.body];
}

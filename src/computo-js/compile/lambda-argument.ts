import type { Hint } from '../hint.js';
import { invalidArgument, type Call } from '../syntax/index.js';
import { describe, isArray, isObject, keysOf, type Json } from '../value/index.js';
import type { Callable, CallSite } from './callable.js';
import { compileExpression } from './compile.js';
import type { Compiler, ProgramOptions } from './compiler.js';
import { bind } from './lexical.js';
import { countSteps, countUnits, type Run, type Scope } from './run.js';

/** The lambda argument of an array operator, and its call site. */
export interface LambdaArgument extends CallSite {
  /**
   * Returns the lambda to call.
   *
   * @param times how often it will be called; a value that is never called need not be a lambda
   */
  readonly find: (run: Run, scope: Scope, times: number) => Callable;
}

/** Stands in for a value that is never called and need not be a lambda. */
const NEVER_CALLED: Callable = { parameters: [], body: () => null, cost: { steps: 0, units: 0 }, height: 0 };

/**
 * Compiles the lambda argument of an array operator.
 *
 * In the current dialect it is an expression like any other, evaluated even if the array is empty. In the classic dialect it is a
 * lambda or a variable, and is examined only if it is called.
 */
export function compileLambdaArgument(call: Call, index: number, compiler: Compiler): LambdaArgument {
  const count = call.signature.parameters[index]?.arguments ?? 1;
  const { place } = call;
  if (call.arguments[index] === undefined) return { place, frames: 0, find: () => NEVER_CALLED };

  const inline = compiler.callable(index);
  if (inline !== undefined) {
    const isRight = inline.parameters.length === count;
    return {
      place,
      frames: 0,
      find: (_run, _scope, times) => (isRight || times === 0 ? inline : requireParameters(inline, count, call)),
    };
  }

  const evaluate = compiler.compile(index);
  const { program } = compiler;
  const find: LambdaArgument['find'] = (run, scope, times) => {
    if (times === 0 && call.dialect === 'classic') return NEVER_CALLED;
    const value = evaluate(run, scope);
    if (times === 0) return NEVER_CALLED;
    const known = typeof value === 'object' && value !== null ? program.lambdas.get(value) : undefined;
    return requireParameters(known ?? compileValue(value, call, program, run), count, call);
  };
  return { place, frames: compiler.frames, find };
}

function requireParameters(callable: Callable, count: number, call: Call): Callable {
  const { parameters } = callable;
  if (parameters.length === count) return callable;
  const names = parameters.map((parameter) => JSON.stringify(parameter)).join(', ');
  const wanted = `${count} argument${count === 1 ? '' : 's'}`;
  const got = `${parameters.length} parameter${parameters.length === 1 ? '' : 's'}${names === '' ? '' : ` (${names})`}`;
  throw invalidArgument(call.place, `'${call.operator.name}' calls its lambda with ${wanted}, but it has ${got}`);
}

/** Compiles a lambda that came from data. It has no place in the script, so its errors are reported at the call. */
function compileValue(value: Json, call: Call, program: ProgramOptions, run: Run): Callable {
  const parts = isArray(value) ? value : [];
  const isClassic = program.dialect === 'classic';
  const hasForm = isClassic ? parts.length === 3 && parts[0] === 'lambda' : parts.length === 2;
  const [names, body] = isClassic ? parts.slice(1) : parts;
  if (!hasForm || body === undefined || names === undefined || !isArray(names) || !isArray(value)) {
    throw noLambda(call, value);
  }
  const parameters = names.map((name) => {
    if (typeof name !== 'string') throw noLambda(call, value);
    return name;
  });
  countCompiling(run, body, call);
  const compiled = compileExpression(program.parse(body, call.place), bind('caller', parameters), program);
  const { evaluate, cost, height } = compiled;
  const callable: Callable = { parameters, body: evaluate, cost, height };
  program.lambdas.set(value, callable);
  return callable;
}

/** What it costs to parse, compile and keep one part of a script. */
const STEPS_PER_PART = 500;
const UNITS_PER_PART = 200;

/** Accounts for compiling an expression, in which each array and object may be a call. */
function countCompiling(run: Run, script: Json, { place }: Call): void {
  const pending: Json[] = [script];
  for (let part = pending.pop(); part !== undefined; part = pending.pop()) {
    if (typeof part !== 'object' || part === null) continue;
    const inner = isArray(part) ? part : isObject(part) ? keysOf(part, run).map((key) => part[key] ?? null) : [];
    countSteps(run, STEPS_PER_PART + inner.length, place);
    countUnits(run, UNITS_PER_PART + inner.length, place);
    for (const one of inner) pending.push(one);
  }
}

/** What to write where a lambda is needed. */
export const LAMBDA_HINT: Hint = (form) =>
  `Write ${form === 'text' ? 'x => …' : '["lambda", ["x"], …]'} or the variable that holds one.`;

function noLambda(call: Call, got: Json): Error {
  const form = call.dialect === 'classic' ? '["lambda", parameters, body]' : '[parameters, body]';
  return invalidArgument(
    call.place,
    `'${call.operator.name}' needs a lambda, which as a value is ${form}, got ${describe(got)}`,
    LAMBDA_HINT,
  );
}

import { invalidArgument, type Call, type Lambda, type Node } from '../syntax/index.js';
import { describe, isArray, type Json } from '../value/index.js';
import type { Callable, Cost } from './callable.js';
import { createCompiler, type Compiler } from './compiler.js';
import { bind, type Lexical } from './lexical.js';
import type { Run, Scope } from './run.js';

/**
 * Finds the lambda that an array operator was given.
 *
 * @param times how often it is going to be called; a lambda that is never called need not be one
 */
export type LambdaArgument = (run: Run, scope: Scope, times: number) => Callable;

/** A lambda that is never called stands in for one that could not be. */
const NEVER_CALLED: Callable = {
  parameters: [],
  body: () => null,
  cost: { steps: 0, units: 0 },
};

/**
 * Compiles the lambda argument of an array operator.
 *
 * In current it is an expression like any other, evaluated even when the array is empty. In classic it is a lambda or a
 * variable, looked at only when it is called.
 */
export function compileLambdaArgument(call: Call, index: number, compiler: Compiler): LambdaArgument {
  const argument = call.arguments[index];
  const count = call.signature.parameters[index]?.arguments ?? 1;
  if (argument === undefined) return () => NEVER_CALLED;
  if (argument.type === 'lambda') return compileInline(argument, count, call, compiler);

  const evaluate = compiler.compile(argument);
  const isLazy = call.dialect === 'classic';
  const compiled = new WeakMap<object, Callable>();
  return (run, scope, times) => {
    if (isLazy && times === 0) return NEVER_CALLED;
    const value = evaluate(run, scope);
    if (times === 0) return NEVER_CALLED;
    if (typeof value !== 'object' || value === null) throw noLambda(call, value);
    let callable = compiled.get(value);
    if (callable === undefined) {
      callable = compileBody(lambdaOf(value, call, compiler), 'caller', compiler);
      compiled.set(value, callable);
    }
    requireParameters(callable, count, call);
    return callable;
  };
}

/** A lambda that stands where it is called: the variables around it are known. */
function compileInline(node: Lambda, count: number, call: Call, compiler: Compiler): LambdaArgument {
  const callable = compileBody(node, compiler.lexical, compiler);
  return (_run, _scope, times) => {
    if (times > 0) requireParameters(callable, count, call);
    return callable;
  };
}

function compileBody(node: Lambda, outer: Lexical, compiler: Compiler): Callable {
  const cost: Cost = { steps: 0, units: 0 };
  const inner = createCompiler(compiler.program, bind(outer, node.parameters), cost);
  return { parameters: node.parameters, body: inner.compile(node.body), cost };
}

function requireParameters({ parameters }: Callable, count: number, call: Call): void {
  if (parameters.length === count) return;
  const { name } = call.operator;
  const names = parameters.map((parameter) => JSON.stringify(parameter)).join(', ');
  throw invalidArgument(
    call.place,
    `'${name}' calls its lambda with ${count} argument${count === 1 ? '' : 's'}, but the lambda has ${parameters.length} parameter${parameters.length === 1 ? '' : 's'}${names === '' ? '' : ` (${names})`}`,
  );
}

/** Reads a value as a lambda: one from the script is found again, one from data is parsed. */
function lambdaOf(value: Json & object, call: Call, compiler: Compiler): Lambda {
  const { program } = compiler;
  const known = program.lambdas.get(value);
  if (known !== undefined) return known;
  const isClassic = program.dialect === 'classic';
  const parts = isArray(value) ? value : [];
  const [parameters, body] = isClassic ? parts.slice(1) : parts;
  const hasForm = isClassic ? parts.length === 3 && parts[0] === 'lambda' : parts.length === 2;
  if (!hasForm || parameters === undefined || body === undefined || !isArray(parameters)) throw noLambda(call, value);
  const names = parameters.map((name) => {
    if (typeof name !== 'string') throw noLambda(call, value);
    return name;
  });
  // It stands nowhere in the script, so its errors are those of the call.
  const node: Node = program.parse(body, call.place);
  const lambda: Lambda = { type: 'lambda', parameters: names, body: node, value, place: call.place };
  program.lambdas.set(value, lambda);
  return lambda;
}

function noLambda(call: Call, got: Json): Error {
  const form = call.dialect === 'classic' ? '["lambda", parameters, body]' : '[parameters, body]';
  return invalidArgument(
    call.place,
    `'${call.operator.name}' needs a lambda, which as a value is ${form}, got ${describe(got)}`,
    'Write ["lambda", ["x"], …] or the variable that holds one.',
  );
}

import {
  compileArgument,
  compileLambdaArgument,
  enter,
  leave,
  scopeOfOne,
  type Compiler,
  type Evaluate,
} from '../../compile/index.js';
import { parsePointer } from '../../pointer/index.js';
import { ANY } from '../../shape/index.js';
import {
  defineOperator,
  inBoth,
  lambda,
  takes,
  takesAtLeast,
  value,
  type Call,
  type Report,
} from '../../syntax/index.js';
import { describe } from '../../value/index.js';
import { compileOption, OptionProblem, reportOption } from '../option.js';
import { removeAt, setAt, valueAt, type Path } from './path.js';
import { constantPath, shapeAt, shapeWith, shapeWithout } from './changed-shape.js';

const POINTER = value('pointer', 'string');

export const set = defineOperator('value.set', () => ({
  summary:
    'A value with another one where a JSON Pointer leads. Objects that are missing on the way are made, in the place of null too; `-` appends to an array, or makes one.',
  signatures: inBoth(takes(value('value'), POINTER, value('new'))),
  shape: ([root = ANY, , given = ANY], call) => shapeWith(root, constantPath(call, 1), given),
  growth: 'sum',
  work: ['elements', 'members', 'text'],
  frames: 2,
  examples: [
    { script: ['value.set', { a: 1 }, '/b/c', 2], result: { a: 1, b: { c: 2 } } },
    { script: ['value.set', { tags: ['x'] }, '/tags/-', 'y'], result: { tags: ['x', 'y'] } },
  ],
  compile(call, compiler) {
    const given = compileArgument(call, 0, compiler);
    const pathGiven = compilePath(call, 1, compiler);
    const newGiven = compileArgument(call, 2, compiler);
    return (run, scope) => {
      const root = given(run, scope);
      const path = pathGiven(run, scope);
      const value = newGiven(run, scope);
      run.at = call.place;
      return setAt(root, path, value, call, run);
    };
  },
  check: (call, report) => reportPath(call, 1, report),
}));

export const update = defineOperator('value.update', () => ({
  summary: 'A value with what a lambda makes of the part where a JSON Pointer leads. What is not there is an error.',
  signatures: inBoth(takes(value('value'), POINTER, lambda(1))),
  shape([root = ANY], call, infer) {
    const path = constantPath(call, 1);
    return shapeWith(root, path, infer.applied(call.arguments[2], [shapeAt(root, path)]));
  },
  growth: 'remade',
  work: ['elements', 'members', 'text'],
  frames: 2,
  examples: [
    {
      script: ['value.update', { n: [1, 2] }, '/n/1', ['lambda', ['x'], ['*', ['$', '/x'], 10]]],
      result: { n: [1, 20] },
    },
  ],
  compile(call, compiler) {
    const given = compileArgument(call, 0, compiler);
    const pathGiven = compilePath(call, 1, compiler);
    const lambda = compileLambdaArgument(call, 2, compiler);
    return (run, scope) => {
      const root = given(run, scope);
      const path = pathGiven(run, scope);
      run.at = call.place;
      const old = valueAt(root, path, call, run);
      const callable = lambda.find(run, scope, 1);
      enter(run, callable, 1, lambda);
      const frame = scopeOfOne(callable, scope);
      frame.value = old;
      const updated = callable.body(run, frame);
      leave(run, lambda);
      run.at = call.place;
      return updated === old ? root : setAt(root, path, updated, call, run);
    };
  },
  check: (call, report) => reportPath(call, 1, report),
}));

export const remove = defineOperator('value.remove', () => ({
  summary:
    'A value without what JSON Pointers lead to, one after the other: in an array the elements behind it move up. Where nothing is, nothing is removed.',
  signatures: inBoth(takesAtLeast(2, value('value'), POINTER)),
  shape: ([root = ANY], call) =>
    call.arguments.slice(1).reduce((shape, _, index) => shapeWithout(shape, constantPath(call, index + 1)), root),
  growth: 'first',
  work: ['elements', 'members', 'text'],
  frames: 2,
  examples: [
    { script: ['value.remove', { a: 1, b: { c: 2, d: 3 } }, '/a', '/b/c'], result: { b: { d: 3 } } },
    { script: ['value.remove', { a: 1 }, '/x/y'], result: { a: 1 } },
  ],
  compile(call, compiler) {
    const given = compileArgument(call, 0, compiler);
    const paths = call.arguments.slice(1).map((_, index) => compilePath(call, index + 1, compiler));
    return (run, scope) => {
      const root = given(run, scope);
      const removed: Path[] = [];
      for (let index = 0; index < paths.length; index++) removed.push(paths[index]?.(run, scope) ?? []);
      run.at = call.place;
      return removed.reduce((value, path) => removeAt(value, path, call, run), root);
    };
  },
  check(call, report) {
    for (let index = 1; index < call.arguments.length; index++) reportPath(call, index, report);
  },
}));

function compilePath(call: Call, index: number, compiler: Compiler): (...args: Parameters<Evaluate>) => Path {
  return compileOption(call, index, compiler, readPath);
}

function reportPath(call: Call, index: number, report: Report): void {
  reportOption(call, index, 'malformed-pointer', readPath, report);
}

/** A path has at least one segment, because the whole value is not a part of itself that could be changed. */
function readPath(text: string): Path {
  if (text.startsWith('/')) return parsePointer(text);
  throw new OptionProblem(`a part is named by a JSON Pointer, a string that starts with "/", got ${describe(text)}`);
}

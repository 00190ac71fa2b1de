import {
  arrayOf,
  compileArgument,
  compileLambdaArgument,
  countCalls,
  enter,
  leave,
  scopeOfOne,
  type Compiler,
  type Evaluate,
} from '../compile/index.js';
import { ANY, elementOf, join, scalarShape } from '../shape/index.js';
import { array, defineOperator, inBoth, lambda, takes, type Call, type ShapeRule } from '../syntax/index.js';
import { isTruthy, type Json } from '../value/index.js';

const SIGNATURES = inBoth(takes(array(), lambda(1)));

/** The shape is a boolean, whatever the lambda yields. */
const answered: ShapeRule = ([items = ANY], { arguments: [, lambda] }, infer) => {
  infer.applied(lambda, [elementOf(items)]);
  return scalarShape('boolean');
};

export const find = defineOperator('find', () => ({
  summary: 'The first element for which a lambda is truthy, or null.',
  signatures: SIGNATURES,
  shape([items = ANY], { arguments: [, lambda] }, infer) {
    infer.applied(lambda, [elementOf(items)]);
    return join(elementOf(items), scalarShape('null'));
  },
  growth: 'first',
  work: ['calls'],
  examples: [
    { script: ['find', { array: [1, 5, 9] }, ['lambda', ['x'], ['>', ['$', '/x'], 3]]], result: 5 },
    { script: ['find', { array: [] }, ['lambda', ['x'], true]], result: null },
  ],
  compile: (call, compiler) => searchFor(true, null, (item) => item, call, compiler),
}));

export const some = defineOperator('some', () => ({
  summary: 'Whether a lambda is truthy for any element; false for an empty array.',
  signatures: SIGNATURES,
  returns: 'boolean',
  shape: answered,
  work: ['calls'],
  examples: [{ script: ['some', { array: [1, 5] }, ['lambda', ['x'], ['>', ['$', '/x'], 3]]], result: true }],
  compile: (call, compiler) => searchFor(true, false, () => true, call, compiler),
}));

export const every = defineOperator('every', () => ({
  summary: 'Whether a lambda is truthy for all elements; true for an empty array.',
  signatures: SIGNATURES,
  returns: 'boolean',
  shape: answered,
  work: ['calls'],
  examples: [{ script: ['every', { array: [1, 5] }, ['lambda', ['x'], ['>', ['$', '/x'], 3]]], result: false }],
  compile: (call, compiler) => searchFor(false, true, () => false, call, compiler),
}));

/** Compiles a search that stops at the first element whose answer is `wanted` and yields `found` of that element. */
function searchFor(
  wanted: boolean,
  otherwise: Json,
  found: (item: Json) => Json,
  call: Call,
  compiler: Compiler,
): Evaluate {
  const array = compileArgument(call, 0, compiler);
  const lambda = compileLambdaArgument(call, 1, compiler);
  const { place } = call;
  return (run, scope) => {
    const items = arrayOf(array(run, scope), call, 0);
    const callable = lambda.find(run, scope, items.length);
    enter(run, callable, 0, lambda);
    const frame = scopeOfOne(callable, scope);
    const { body } = callable;
    let result = otherwise;
    for (let index = 0; index < items.length; index++) {
      const item = items[index] ?? null;
      countCalls(run, callable, 1, place);
      frame.value = item;
      if (isTruthy(body(run, frame)) !== wanted) continue;
      result = found(item);
      break;
    }
    leave(run, lambda);
    return result;
  };
}

import {
  compileArgument,
  compileLambdaArgument,
  countComputed,
  enter,
  leave,
  objectOf,
  scopeOfOne,
  type Compiler,
  type Evaluate,
  type Run,
} from '../../compile/index.js';
import { ANY, memberOf, objectIn, objectShape, scalarShape } from '../../shape/index.js';
import { defineOperator, inBoth, invalidArgument, lambda, takes, value, type Call } from '../../syntax/index.js';
import { describe, entriesOf, isTruthy, orderedObject, type Json } from '../../value/index.js';
import { objectOfDistinct } from './distinct-keys.js';

const SIGNATURES = inBoth(takes(value('object', 'object'), lambda(1)));

export const mapKeys = defineOperator('object.mapKeys', () => ({
  summary: 'An object whose keys are what a lambda makes of each key: strings, no two of which may be equal.',
  signatures: SIGNATURES,
  returns: 'object',
  shape(_, { arguments: [, lambda] }, infer) {
    infer.applied(lambda, [scalarShape('string')]);
    return objectShape(new Map(), true);
  },
  growth: 'remade',
  work: ['calls', 'members', 'text'],
  examples: [
    {
      script: ['object.mapKeys', { a: 1, b: 2 }, ['lambda', ['key'], ['strConcat', 'x_', ['$', '/key']]]],
      result: { x_a: 1, x_b: 2 },
    },
  ],
  compile: (call, compiler) =>
    compileForEach(
      call,
      compiler,
      ([key]) => key,
      (entries, keys, run) =>
        objectOfDistinct(
          entries.map(([, member], index) => [keyOf(keys[index] ?? null, call), member]),
          call,
          run,
        ),
    ),
}));

export const mapValues = defineOperator('object.mapValues', () => ({
  summary: 'An object whose values are what a lambda makes of each value.',
  signatures: SIGNATURES,
  returns: 'object',
  shape([given = ANY], { arguments: [, lambda] }, infer) {
    const shape = infer.applied(lambda, [memberOf(given)]);
    const { fields, open } = objectIn(given);
    return objectShape(
      new Map([...fields].map(([key, { optional }]) => [key, { shape, optional }])),
      open,
      infer.origin,
    );
  },
  growth: 'remade',
  work: ['calls', 'members', 'text'],
  examples: [
    {
      script: ['object.mapValues', { a: 1, b: 2 }, ['lambda', ['n'], ['*', ['$', '/n'], 10]]],
      result: { a: 10, b: 20 },
    },
  ],
  compile: (call, compiler) =>
    compileForEach(
      call,
      compiler,
      ([, member]) => member,
      (entries, members, run) =>
        orderedObject(
          entries.map(([key], index) => [key, members[index] ?? null]),
          run,
        ),
    ),
}));

export const filter = defineOperator('object.filter', () => ({
  summary: 'An object with only those members for whose value a lambda is truthy.',
  signatures: SIGNATURES,
  returns: 'object',
  shape([given = ANY], { arguments: [, lambda] }, infer) {
    infer.applied(lambda, [memberOf(given)]);
    const { fields, open, origin } = objectIn(given);
    return objectShape(new Map([...fields].map(([key, { shape }]) => [key, { shape, optional: true }])), open, origin);
  },
  growth: 'first',
  work: ['calls', 'members', 'text'],
  examples: [{ script: ['object.filter', { a: 1, b: 5 }, ['lambda', ['n'], ['>', ['$', '/n'], 3]]], result: { b: 5 } }],
  compile: (call, compiler) =>
    compileForEach(
      call,
      compiler,
      ([, member]) => member,
      (entries, answers, run) =>
        orderedObject(
          entries.filter((_, index) => isTruthy(answers[index] ?? null)),
          run,
        ),
    ),
}));

type Entry = readonly [string, Json];

/**
 * Compiles the calls of a lambda with one side of each member of an object.
 *
 * @param finish makes the result from the members and the lambda's answers
 */
function compileForEach(
  call: Call,
  compiler: Compiler,
  side: (entry: Entry) => Json,
  finish: (entries: readonly Entry[], answers: readonly Json[], run: Run) => Json,
): Evaluate {
  const given = compileArgument(call, 0, compiler);
  const lambda = compileLambdaArgument(call, 1, compiler);
  const { place } = call;
  return (run, scope) => {
    const object = objectOf(given(run, scope), call, 0);
    run.at = place;
    const entries = entriesOf(object, run);
    const callable = lambda.find(run, scope, entries.length);
    enter(run, callable, entries.length, lambda);
    countComputed(run, entries.length, place);
    const frame = scopeOfOne(callable, scope);
    const { body } = callable;
    const answers: Json[] = [];
    for (const entry of entries) {
      frame.value = side(entry);
      answers.push(body(run, frame));
    }
    leave(run, lambda);
    run.at = place;
    return finish(entries, answers, run);
  };
}

function keyOf(answer: Json, { operator, place }: Call): string {
  if (typeof answer === 'string') return answer;
  throw invalidArgument(place, `'${operator.name}' needs a lambda that makes strings, got ${describe(answer)}`);
}

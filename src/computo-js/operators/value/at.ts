import { compileArgument, compileAttempt } from '../../compile/index.js';
import type { Hint } from '../../hint.js';
import { formatPointer } from '../../pointer/index.js';
import { ANY } from '../../shape/index.js';
import { defineOperator, inBoth, takesAtLeast, value, wrongKind, type Call, type Report } from '../../syntax/index.js';
import { describe, stringify, unlimited, type Json } from '../../value/index.js';
import { notFound } from '../not-found.js';
import { givenKey, POINTER, reportPathKeys } from '../path-keys.js';
import { compileKeys, followKeys, keyOf, memberAt, pathByKeys } from './keys.js';

const SIGNATURES = inBoth(takesAtLeast(2, value('value'), value('key')));
const EXPECTED = 'text or an integer';

export const at = defineOperator('value.at', () => ({
  summary:
    'What keys lead to in a value, one after the other: text for the member of an object, an integer for the element of an array, a negative one from its end. What is not there is an error.',
  signatures: SIGNATURES,
  shape: ([root = ANY], call, infer) => infer.read(root, pointerOf(call)),
  growth: 'first',
  work: ['text'],
  examples: [
    { script: ['value.at', { a: { b: 1 } }, 'a', 'b'], result: 1 },
    { script: ['value.at', { array: [10, 20, 30] }, -1], result: 30 },
    { script: ['value.at', { a: 1, b: 'a' }, ['value.at', { key: 'a' }, 'key']], result: 1 },
  ],
  frames: 2,
  compile(call, compiler) {
    const given = compileArgument(call, 0, compiler);
    const keysGiven = compileKeys(call, compiler, refuse(call));
    return (run, scope) => {
      const root = given(run, scope);
      const keys = keysGiven(run, scope) ?? [];
      const found = followKeys(root, keys);
      if (found !== undefined) return found;
      throw notFound(run, call, { root, noun: 'the value', pointer: formatPointer(keys), keys, step: memberAt });
    };
  },
  read(call, compiler) {
    const given = compileAttempt(0, compiler);
    const keysGiven = compileKeys(call, compiler, refuse(call));
    return (run, scope) => {
      const root = given(run, scope);
      return root === undefined ? undefined : followKeys(root, keysGiven(run, scope) ?? []);
    };
  },
  reads: { yields: 'value', path: pathByKeys },
  check(call, report) {
    reportKeys(call, report);
    reportPaths(call, report);
  },
}));

export const has = defineOperator('value.has', () => ({
  summary: 'Whether keys lead to something in a value, be it null. Where the value itself is missing they do not.',
  signatures: SIGNATURES,
  returns: 'boolean',
  work: ['text'],
  certainArguments: { classic: 1, current: 1 },
  forgives: (index) => index === 0,
  frames: 2,
  examples: [
    { script: ['value.has', { a: { b: null } }, 'a', 'b'], result: true },
    { script: ['value.has', { a: 1 }, 'b'], result: false },
    { dialect: 'current', script: ['value.has', ['$input', '/a'], 0], inputs: [{}], result: false },
  ],
  compile(call, compiler) {
    const given = compileAttempt(0, compiler);
    const keysGiven = compileKeys(call, compiler, () => undefined);
    return (run, scope) => {
      const root = given(run, scope);
      if (root === undefined) return false;
      const keys = keysGiven(run, scope);
      return keys !== undefined && followKeys(root, keys) !== undefined;
    };
  },
  reads: { yields: 'presence', path: pathByKeys },
  check: reportPaths,
}));

/** Returns literal keys as a pointer; undefined if one is computed or counts from the end. */
function pointerOf(call: Call): string | undefined {
  const path = pathByKeys(call, () => []);
  return Array.isArray(path) ? formatPointer(path) : undefined;
}

/** Returns a function that raises the error for an invalid key. */
function refuse(call: Call): (got: Json, index: number) => never {
  return (got, index) => {
    throw wrongKind(call, index, EXPECTED, got);
  };
}

function reportPaths(call: Call, report: Report): void {
  const keys = call.arguments.slice(1).flatMap(givenKey);
  const { name } = call.operator;
  const cure = (path: readonly string[]): Hint => {
    const written = path.map((key) => stringify(key)).join(', ');
    return (form) => `Write ${form === 'text' ? `${name}(…, ${written})` : `["${name}", …, ${written}]`}.`;
  };
  reportPathKeys(call, keys, POINTER, cure, report);
}

function reportKeys(call: Call, report: Report): void {
  for (const [index, key] of call.arguments.entries()) {
    if (index === 0 || key.type !== 'constant' || keyOf(key.value, call, unlimited()) !== undefined) continue;
    const message = `'value.at' needs ${EXPECTED} as argument ${index + 1}, got ${describe(key.value)}`;
    report({ code: 'wrong-kind', place: key.place, message });
  }
}
